/**
 * Mounts declared routes on a Hono application.
 *
 * Invariants: credentials are checked before the body is read; input reaches a handler only after its schema; a path
 * that exists for other methods answers 405 with Allow.
 */
import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import type { Authorizer } from './auth/authorizer.ts';
import type { Identity } from './auth/identity.ts';
import { httpErrors } from './errors.ts';
import { Answer, answerJson } from './exchange/answer.ts';
import { throughHono } from './exchange/hono-exchange.ts';
import type { HttpEnv } from './http-env.ts';
import { describeIssue, MAX_BODY_BYTES, MAX_STRANGERS_BODY_BYTES, readJsonBody } from './request-body.ts';
import type { MountableRoute, RouteAccess } from './route.ts';

/** Adds the routes and, for each of their paths, the answer to other methods. */
export function mountRoutes(
  app: Hono<HttpEnv>,
  routes: readonly MountableRoute[],
  authorizer: Authorizer,
): void {
  const methodsByPath = new Map<string, Set<string>>();
  for (const route of routes) {
    for (const path of route.paths.map(toHonoPath)) {
      app.on(route.method.toUpperCase(), path, async (context) =>
        throughHono(await serve(route, context, authorizer)),
      );
      const methods = methodsByPath.get(path) ?? new Set();
      methodsByPath.set(path, methods.add(route.method.toUpperCase()));
    }
  }
  for (const [path, methods] of methodsByPath) {
    if (methods.has('GET')) methods.add('HEAD');
    const allow = [...methods].sort().join(', ');
    app.all(path, () => {
      throw httpErrors.create('METHOD_NOT_ALLOWED', 'method not allowed', { data: { allow } });
    });
  }
}

async function serve(
  route: MountableRoute,
  context: Context<HttpEnv>,
  authorizer: Authorizer,
): Promise<Answer> {
  const caller = await identify(route.access, context, authorizer);
  const params = route.params === undefined ? undefined : parseInput(route.params, context.req.param());
  const query = route.query === undefined ? undefined : parseInput(route.query, context.req.query());
  const maxBytes = caller === undefined && isOpen(route.access) ? MAX_STRANGERS_BODY_BYTES : MAX_BODY_BYTES;
  const body = route.body === undefined ? undefined : await readJsonBody(context, route.body, maxBytes);
  const answer = await route.handle({ params, query, body, caller, context });
  return answer instanceof Answer ? answer : answerJson(context, answer);
}

function identify(
  access: RouteAccess,
  context: Context<HttpEnv>,
  authorizer: Authorizer,
): Promise<Identity | undefined> {
  switch (access.kind) {
    case 'public':
      return Promise.resolve(undefined);
    case 'optional':
      return authorizer.identify(context);
    case 'scope':
      return access.orHookToken === true
        ? authorizer.requireOrHook(context, access.scope)
        : authorizer.require(context, access.scope);
    case 'hook_token':
      return authorizer.requireHook(context);
    case 'own':
      return access.check(context);
    default:
      return access satisfies never;
  }
}

/** Whether strangers come as far as the body. A route's own check lets in only who has proven something. */
function isOpen({ kind }: RouteAccess): boolean {
  return kind === 'public' || kind === 'optional';
}

function parseInput(schema: z.ZodType, input: unknown): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw httpErrors.create('INVALID_QUERY', describeIssue(parsed.error, 'query'));
}

function toHonoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
