/**
 * How a route is declared: one value with its path, who may call it, the schemas of what comes in and goes out, and
 * its handler. The router mounts these values and the OpenAPI document is made from them.
 */
import type { Context } from 'hono';
import type { z } from 'zod';
import type { OperatorScope } from '../security/access/api-key.ts';
import type { Identity } from './auth/identity.ts';
import type { Answer } from './exchange/answer.ts';
import type { HttpEnv } from './http-env.ts';

export type HttpMethod = 'get' | 'post' | 'put' | 'delete';

/**
 * `public`: never looks at credentials; `optional`: identifies the caller and never refuses; `scope`: refuses callers
 * without the scope; `hook_token`: lets only webhooks in; `own`: the route's own check, which rejects or tells the
 * caller. All happen before the body is read.
 */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'optional' }
  | {
      readonly kind: 'scope';
      readonly scope: OperatorScope;
      /** A webhook with its token is let in too; the handler decides by its actor. */
      readonly orHookToken?: true;
    }
  | { readonly kind: 'hook_token' }
  | {
      readonly kind: 'own';
      /** For the reference page: who is let in. */
      readonly rule: string;
      check(context: Context<HttpEnv>): Promise<Identity | undefined>;
    };

export interface RouteDescription {
  readonly method: HttpMethod;
  /** OpenAPI form (`/api/runs/{run_id}/abort`); further paths are aliases. */
  readonly paths: readonly [string, ...string[]];
  readonly summary: string;
  readonly tag: string;
  readonly access: RouteAccess;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response: z.ZodType;
  /** `application/json` when absent. */
  readonly responseType?: 'application/json' | 'text/event-stream' | 'text/html';
}

/** What a handler receives; absent schemas give `undefined`. */
export interface RouteInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly caller: Identity | undefined;
  readonly context: Context<HttpEnv>;
}

/** A route as the router sees it. The handler answers with the JSON value, or with a whole answer. */
export interface MountableRoute extends RouteDescription {
  handle(input: RouteInput): Promise<unknown>;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined;

type TypedInput<Description extends RouteDescription> = {
  readonly params: Parsed<Description['params']>;
  readonly query: Parsed<Description['query']>;
  readonly body: Parsed<Description['body']>;
  readonly caller: Description['access'] extends { readonly kind: 'scope' | 'hook_token' }
    ? Identity
    : Identity | undefined;
  readonly context: Context<HttpEnv>;
};

/** Ties the types of a handler to the schemas of its route. */
export function defineRoute<const Description extends RouteDescription>(
  description: Description,
  handle: (input: TypedInput<Description>) => Promise<z.input<Description['response']> | Answer>,
): MountableRoute {
  // The router gives every handler exactly what the schemas and the access rule of its own route produced.
  return { ...description, handle: (input) => handle(input as TypedInput<Description>) };
}
