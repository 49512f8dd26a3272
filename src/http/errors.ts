/**
 * Error codes of the HTTP surface. The texts that clients rely on are the messages given where these are created;
 * the status of each code stands in `error-status.ts`.
 */
import { defineErrors } from '../core/errors.ts';

export const httpErrors = defineErrors('HTTP', {
  UNAUTHORIZED: {
    kind: 'user',
    summary: 'The request carries no valid credential.',
    hint: 'Sign in, or send an API key as `Authorization: Bearer mk_…`.',
  },
  FORBIDDEN: {
    kind: 'user',
    summary: 'The credential is valid but does not allow this.',
    hint: 'Use a credential with the required scope.',
  },
  CSRF: {
    kind: 'user',
    summary: 'A request with a login cookie changes something and has no CSRF token of that login.',
    hint: 'Send the `csrf_token` of the login (cookie mc_csrf) as header `x-csrf-token`.',
  },
  HOST_NOT_ALLOWED: {
    kind: 'user',
    summary: 'The Host header names a machine this server does not answer for.',
    hint: 'Open the server by its address, or add the name to `web_allowed_hosts`.',
  },
  CROSS_SITE: {
    kind: 'user',
    summary: 'A page of another origin tried to change something through the browser.',
    hint: 'Use the console of this server, or an API key outside the browser.',
  },
  INVALID_REQUEST: {
    kind: 'user',
    summary: 'The request is well-formed but asks for something that is not possible.',
  },
  INVALID_QUERY: {
    kind: 'user',
    summary: 'The query string or an id in the path has the wrong form.',
  },
  MALFORMED_JSON: {
    kind: 'user',
    summary: 'The body is not JSON.',
    hint: 'Send one JSON object, encoded as UTF-8.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    kind: 'user',
    summary: 'The body is not declared as JSON.',
    hint: 'Set `Content-Type: application/json`.',
  },
  INVALID_BODY: {
    kind: 'user',
    summary: 'The body is JSON of the wrong shape, or a required field is missing.',
  },
  BODY_TOO_LARGE: {
    kind: 'user',
    summary: 'The body is larger than the server takes (2 MiB; 16 KiB from callers it does not know yet).',
    hint: 'Send less at once; put large texts into a file of the chat and name it.',
  },
  NOT_FOUND: {
    kind: 'user',
    summary: 'There is no such path.',
    hint: 'The paths stand in /api/openapi.json.',
  },
  METHOD_NOT_ALLOWED: {
    kind: 'user',
    summary: 'The path exists, but not for this method.',
    hint: 'The header Allow names the methods.',
  },
  RATE_LIMITED: {
    kind: 'transient',
    summary: 'More requests, or more runs at once, than the limits allow.',
    hint: 'Wait as long as the header Retry-After says.',
  },
  LOGIN_THROTTLED: {
    kind: 'transient',
    summary: 'Too many wrong passwords from this client.',
    hint: 'Wait as long as the header Retry-After says, or set a new password with `microclaw web password-generate`.',
  },
  INVALID_CREDENTIALS: {
    kind: 'user',
    summary: 'The password is wrong.',
    hint: 'Set a new one with `microclaw web password-generate`.',
  },
  PASSWORD_NOT_CONFIGURED: {
    kind: 'user',
    summary: 'Nobody can sign in, because no password has been set.',
    hint: 'Open the one-time link that the server printed, or run `microclaw web password <value>`.',
  },
  BOOTSTRAP_TOKEN: {
    kind: 'user',
    summary: 'The first password can be set only with the one-time token the server printed.',
    hint: 'Send it as header `x-bootstrap-token`; a restart prints a new one.',
  },
  HOOKS_NOT_CONFIGURED: {
    kind: 'config',
    summary: 'A webhook called and no token for webhooks is configured.',
    hint: 'Set channels.web.hooks_token to a random text of 24 characters or more.',
  },
  IDEMPOTENCY_MISMATCH: {
    kind: 'user',
    summary: 'An Idempotency-Key came again within a day, with a different request.',
    hint: 'Use a new key for each event, and the same key only to repeat its delivery unchanged.',
  },
  RUN_NOT_FOUND: {
    kind: 'user',
    summary: 'There is no run with this id.',
  },
  RUN_FAILED: {
    kind: 'permanent',
    summary: 'The run that the request started ended with an error.',
  },
  API_KEY_NOT_FOUND: {
    kind: 'user',
    summary: 'There is no API key with this id.',
  },
  API_KEY_REVOKED: {
    kind: 'user',
    summary: 'A revoked API key cannot be rotated.',
    hint: 'Create a new key.',
  },
  NOT_READY: {
    kind: 'transient',
    summary: 'The server has not finished starting, or is stopping.',
    hint: 'Try again in a moment.',
  },
  INTERNAL: {
    kind: 'bug',
    summary: 'The request failed for a reason the program does not know.',
    hint: 'Look for the error id in the log and report it.',
  },
  PORT_IN_USE: {
    kind: 'config',
    summary: 'Another program already listens on the address.',
    hint: 'Stop it, or choose another `web_port`.',
  },
  LISTEN_FAILED: {
    kind: 'config',
    summary: 'The server could not listen on the address or socket.',
    hint: 'Check `web_host`, `web_port` and the permissions of the data directory.',
  },
});
