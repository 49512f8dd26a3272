/** Which HTTP status an error becomes. Unknown errors are 500; a status is never read from a message. */
import type { ErrorKind, MicroclawError } from '../core/errors.ts';

/** Statuses of specific codes; every other error follows its kind. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  MC_HTTP_UNAUTHORIZED: 401,
  MC_HTTP_FORBIDDEN: 403,
  MC_HTTP_CSRF: 403,
  MC_HTTP_HOST_NOT_ALLOWED: 403,
  MC_HTTP_CROSS_SITE: 403,
  MC_HTTP_UNSUPPORTED_MEDIA_TYPE: 415,
  MC_HTTP_INVALID_BODY: 422,
  MC_HTTP_BODY_TOO_LARGE: 413,
  MC_HTTP_NOT_FOUND: 404,
  MC_HTTP_METHOD_NOT_ALLOWED: 405,
  MC_HTTP_RATE_LIMITED: 429,
  MC_HTTP_LOGIN_THROTTLED: 429,
  MC_HTTP_INVALID_CREDENTIALS: 401,
  MC_HTTP_BOOTSTRAP_TOKEN: 401,
  MC_HTTP_HOOKS_NOT_CONFIGURED: 503,
  MC_HTTP_IDEMPOTENCY_MISMATCH: 422,
  MC_HTTP_RUN_NOT_FOUND: 404,
  MC_HTTP_RUN_FAILED: 500,
  MC_HTTP_API_KEY_NOT_FOUND: 404,
  MC_HTTP_API_KEY_REVOKED: 409,
  MC_CONFIG_STALE: 412,
  MC_SESSION_NOT_FOUND: 404,
  MC_SESSION_EXISTS: 409,
  MC_AGENT_QUEUE_FULL: 429,
  MC_TOOLS_UNKNOWN_TOOL: 404,
  MC_APPROVAL_NOT_FOUND: 404,
  MC_APPROVAL_PLAN_SCOPE_MISSING: 403,
  MC_APPROVAL_SCOPE_MISSING: 403,
  MC_APPROVAL_CLOSED: 409,
  MC_HOOKS_NOT_FOUND: 404,
  MC_HOOKS_BAD_STATE_FILE: 409,
};

const STATUS_BY_KIND: Readonly<Record<ErrorKind, number>> = {
  user: 400,
  config: 500,
  transient: 503,
  permanent: 500,
  uncertain: 500,
  bug: 500,
};

export function statusOfError(error: MicroclawError): number {
  return STATUS_BY_CODE[error.code] ?? STATUS_BY_KIND[error.kind];
}
