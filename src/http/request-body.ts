/**
 * Reads a JSON body.
 *
 * Invariants: no more than the limit is ever held in memory, whatever the headers say; called only after the caller
 * was authenticated, or with the small limit for strangers.
 */
import type { Context } from 'hono';
import type { z } from 'zod';
import { isNestedTooDeeply } from '../core/json.ts';
import { httpErrors } from './errors.ts';
import type { HttpEnv } from './http-env.ts';

/** Bodies up to this size are accepted. */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** Of callers nobody knows, who may open as many connections as they like and let each of them wait. */
export const MAX_STRANGERS_BODY_BYTES = 16 * 1024;

/**
 * The body, parsed and checked. Rejects with `MC_HTTP_UNSUPPORTED_MEDIA_TYPE`, `MC_HTTP_BODY_TOO_LARGE`,
 * `MC_HTTP_MALFORMED_JSON`,
 * `MC_HTTP_INVALID_BODY` or, when the client leaves, `MC_HTTP_INVALID_REQUEST`.
 */
export async function readJsonBody<Body>(
  context: Context<HttpEnv>,
  schema: z.ZodType<Body>,
  maxBytes: number = MAX_BODY_BYTES,
): Promise<Body> {
  if (!isJson(context.req.header('content-type'))) {
    throw httpErrors.create('UNSUPPORTED_MEDIA_TYPE', 'content type must be application/json');
  }
  const { request } = context.env;
  if (Number(request.header('content-length') ?? 0) > maxBytes) throw tooLarge();
  const text = await request.readText(maxBytes);
  if (text === undefined) throw tooLarge();
  const parsed = schema.safeParse(parseBody(text));
  if (!parsed.success) throw httpErrors.create('INVALID_BODY', describeIssue(parsed.error, 'body'));
  return parsed.data;
}

/** The first problem of a failed check: `field: what is wrong`. */
export function describeIssue(error: z.ZodError, whole: string): string {
  const issue = error.issues[0];
  if (issue === undefined) return `invalid ${whole}`;
  const path = issue.path.length === 0 ? whole : issue.path.join('.');
  return `${path}: ${issue.message}`;
}

function isJson(contentType: string | undefined): boolean {
  const essence = contentType?.split(';')[0]?.trim().toLowerCase();
  return (
    essence === 'application/json' ||
    (essence?.startsWith('application/') === true && essence.endsWith('+json'))
  );
}

function parseBody(text: string): unknown {
  const value = parseText(text);
  if (!isNestedTooDeeply(value)) return value;
  throw httpErrors.create('INVALID_BODY', 'body: is nested too deeply');
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw httpErrors.create('MALFORMED_JSON', 'malformed JSON body', { cause: error });
  }
}

function tooLarge() {
  return httpErrors.create('BODY_TOO_LARGE', 'request body is too large');
}
