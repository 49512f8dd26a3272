/**
 * The OpenAPI 3.1 document, made from the declared routes.
 */
import { z } from 'zod';
import type { MountableRoute, RouteAccess } from './route.ts';
import { errorSchema } from './schemas/json-body.ts';

/** Makes the document. Each route's first path is the documented one; aliases refer to it. */
export function createOpenApiDocument(routes: readonly MountableRoute[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    for (const path of route.paths) {
      paths[path] = { ...paths[path], [route.method]: describeRoute(route, path) };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'microclaw',
      version,
      description:
        'Control plane of a microclaw runtime. Requests with the login cookie that change something need the header x-csrf-token.',
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'mc_session' },
      },
    },
    paths,
  };
}

function describeRoute(route: MountableRoute, path: string): object {
  const [canonical] = route.paths;
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')];
  return {
    summary: route.summary,
    tags: [route.tag],
    description: path === canonical ? accessText(route.access) : `Same as \`${canonical}\`.`,
    ...(route.access.kind === 'scope' ? { security: [{ bearer: [] }, { cookie: [] }] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': mediaType(route.body) } } }),
    responses: {
      200: {
        description: 'Success',
        content: { [route.responseType ?? 'application/json']: mediaType(route.response) },
      },
      default: { description: 'Failure', content: { 'application/json': mediaType(errorSchema) } },
    },
  };
}

function parametersOf(shape: z.ZodObject | undefined, place: 'path' | 'query'): object[] {
  if (shape === undefined) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(shape);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }));
}

function mediaType(shape: z.ZodType): object {
  return { schema: jsonSchemaOf(shape) };
}

/**
 * Of what is sent: a handler's answer goes out as it was given, so that of a response is the input of its schema too.
 */
function jsonSchemaOf(shape: z.ZodType) {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' });
  return schema;
}

function accessText(access: RouteAccess): string {
  switch (access.kind) {
    case 'public':
      return 'Public.';
    case 'optional':
      return 'Public; answers more with the scope `operator.read`.';
    case 'scope':
      return `Needs the scope \`${access.scope}\`${access.orHookToken === true ? ', or the hook token for a run it started' : ''}.`;
    case 'hook_token':
      return 'Needs the hook token (`channels.web.hooks_token`).';
    case 'own':
      return `Needs: ${access.rule}.`;
    default:
      return access satisfies never;
  }
}
