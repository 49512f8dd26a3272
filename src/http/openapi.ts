/**
 * The OpenAPI 3.1 document, made from the declared routes.
 *
 * The generator is loaded and run when the document is first asked for: serving requests does not need it.
 */
import type { z } from 'zod';
import type { MountableRoute, RouteAccess } from './route.ts';
import { errorSchema } from './schemas/json-body.ts';

/** Makes the document. Each route's first path is the documented one; aliases refer to it. */
export async function createOpenApiDocument(
  routes: readonly MountableRoute[],
  version: string,
): Promise<object> {
  const { OpenAPIHono } = await import('@hono/zod-openapi');
  const documented = new OpenAPIHono();
  const registry = documented.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: 'mc_session',
  });
  for (const route of routes) {
    for (const path of route.paths) registry.registerPath(describeRoute(route, path));
  }
  return documented.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'microclaw',
      version,
      description:
        'Control plane of a microclaw runtime. Requests with the login cookie that change something need the header x-csrf-token.',
    },
  });
}

function describeRoute(route: MountableRoute, path: string) {
  const [canonical] = route.paths;
  const { params, query, body } = route;
  return {
    method: route.method,
    path,
    summary: route.summary,
    tags: [route.tag],
    description: path === canonical ? accessText(route.access) : `Same as \`${canonical}\`.`,
    ...(route.access.kind === 'scope' ? { security: [{ bearer: [] }, { cookie: [] }] } : {}),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: { content: jsonContent(body), required: true } }),
    },
    responses: {
      200: {
        description: 'Success',
        content: { [route.responseType ?? 'application/json']: { schema: route.response } },
      },
      default: { description: 'Failure', content: jsonContent(errorSchema) },
    },
  };
}

function jsonContent(schema: z.ZodType) {
  return { 'application/json': { schema } };
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
