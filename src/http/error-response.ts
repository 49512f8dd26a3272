/**
 * The error envelope: `{"ok":false,"error","code","hint"}`, or the bare error text when the client prefers
 * `text/plain`.
 *
 * Invariants: an error the program did not make itself is answered with an id only, its text goes to the log;
 * `retryAfterMs` in an error's data becomes the header Retry-After in whole seconds, at least 1; every 429 has one.
 */
import type { Context } from 'hono';
import { MicroclawError } from '../core/errors.ts';
import type { IdSource } from '../core/ids.ts';
import type { Logger } from '../observability/logger.ts';
import { statusOfError } from './error-status.ts';
import { httpErrors } from './errors.ts';
import { type Answer, answerJson, answerText } from './exchange/answer.ts';
import type { HttpEnv } from './http-env.ts';

export interface ErrorResponsePorts {
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** When to try again where nothing better is known. */
const RETRY_MS = 1000;
/** What a server may well answer for a long time; whoever asks must not fill the log. */
const EXPECTED: ReadonlySet<string> = new Set(['MC_HTTP_HOOKS_NOT_CONFIGURED', 'MC_HTTP_NOT_READY']);

/** Answers a failed request and logs what the operator must see. */
export function respondWithError(
  context: Context<HttpEnv>,
  thrown: unknown,
  ports: ErrorResponsePorts,
): Answer {
  const error = thrown instanceof MicroclawError ? thrown : unknownError(context, thrown, ports);
  const status = statusOfError(error);
  if (status >= 500 && thrown instanceof MicroclawError && !EXPECTED.has(error.code)) {
    const fields = {
      code: error.code,
      method: context.req.method,
      path: context.req.path,
      cause: error.cause,
    };
    ports.logger.error(fields, error.message);
  }
  applyErrorHeaders(context, error);
  if (prefersPlainText(context.req.header('accept'))) {
    return answerText(context, error.message, status);
  }
  const envelope = { ok: false, error: error.message, code: error.code, hint: error.hint ?? null };
  return answerJson(context, envelope, status);
}

function unknownError(context: Context<HttpEnv>, thrown: unknown, ports: ErrorResponsePorts): MicroclawError {
  const errorId = ports.ids.hex(6);
  const { method, path } = context.req;
  ports.logger.error({ errorId, method, path, err: thrown }, 'request failed unexpectedly');
  return httpErrors.create('INTERNAL', `internal error ${errorId}`, { cause: thrown });
}

function applyErrorHeaders(context: Context<HttpEnv>, error: MicroclawError): void {
  const retryAfterMs = error.data?.retryAfterMs ?? (statusOfError(error) === 429 ? RETRY_MS : undefined);
  if (typeof retryAfterMs === 'number') {
    context.env.headers.set('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  }
  const allow = error.data?.allow;
  if (typeof allow === 'string') context.env.headers.set('Allow', allow);
  if (httpErrors.is(error, 'BODY_TOO_LARGE')) context.env.headers.set('Connection', 'close');
}

/** True when `text/plain` is named with a higher quality than JSON (RFC 9110 §12.5.1). */
export function prefersPlainText(accept: string | undefined): boolean {
  if (accept?.includes('text/plain') !== true) return false;
  const plain = qualityOf(accept, 'text/plain');
  const json = Math.max(qualityOf(accept, 'application/json'), qualityOf(accept, 'application/*'));
  return plain > Math.max(json, qualityOf(accept, '*/*'));
}

function qualityOf(accept: string, mediaType: string): number {
  for (const range of accept.split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (type !== mediaType) continue;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const value = quality === undefined ? 1 : Number(quality.slice(2));
    return Number.isFinite(value) ? value : 0;
  }
  return 0;
}
