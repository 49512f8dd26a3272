/**
 * Which session a webhook may write to (http-api §7).
 *
 * Invariants: without a key of its own a request goes to the operator's default; with one it needs the operator's
 * permission and, when prefixes are listed, one of them. A `chat:<id>` of another channel stays closed in any case:
 * the session directory refuses it.
 */
import { httpErrors } from './errors.ts';

export interface HookSessionOptions {
  /** `hooks_default_session_key`. */
  readonly defaultKey: string;
  /** `hooks_allow_request_session_key`. */
  readonly allowRequestKey: boolean;
  /** `hooks_allowed_session_key_prefixes`; empty allows every key. */
  readonly allowedPrefixes: readonly string[];
}

/** The session key to use. Raises `MC_HTTP_INVALID_REQUEST`. */
export function hookSessionKey(requested: string | null | undefined, options: HookSessionOptions): string {
  const key = requested?.trim() ?? '';
  if (key === '') return options.defaultKey;
  if (!options.allowRequestKey) {
    throw httpErrors.create('INVALID_REQUEST', 'session key override is disabled', {
      hint: 'Leave the session key out, or set channels.web.hooks_allow_request_session_key to true.',
    });
  }
  const { allowedPrefixes } = options;
  if (allowedPrefixes.length > 0 && !allowedPrefixes.some((prefix) => key.startsWith(prefix))) {
    throw httpErrors.create('INVALID_REQUEST', 'session key is not allowed by configured prefixes', {
      hint: 'Add its beginning to channels.web.hooks_allowed_session_key_prefixes.',
    });
  }
  return key;
}
