/**
 * Failures of model calls. Messages are safe to show to a chat user: they name the profile and a short reason, never a
 * provider's body, a URL or a key. What the operator needs beyond that is in `data` (status, provider error type, a
 * redacted excerpt) and goes to the log.
 */
import { defineErrors } from '../core/errors.ts';

export const llmErrors = defineErrors('LLM', {
  NOT_CONFIGURED: {
    kind: 'config',
    summary: 'The selected profile is unknown, lacks a key, or its base URL still holds a placeholder.',
    hint: 'Set `llm_provider`, `api_key` and, where needed, `llm_base_url`; `microclaw config check` shows what is missing.',
  },
  AUTH: {
    kind: 'config',
    summary: 'The provider refused every configured key (401 or 403).',
    hint: 'Check `api_key` and `api_keys` of the profile, and that the key may use this model.',
  },
  QUOTA: {
    kind: 'config',
    summary: 'The account behind the key has no credit or quota left.',
    hint: 'Add credit at the provider, add another key to `api_keys`, or set `fallback_model`.',
  },
  MODEL_NOT_FOUND: {
    kind: 'config',
    summary: 'The provider does not know the model or the endpoint (404).',
    hint: 'Check `model` and `llm_base_url` of the profile.',
  },
  RATE_LIMITED: {
    kind: 'transient',
    summary: 'The provider asked to slow down (429) and retries were used up or would have to wait too long.',
    hint: 'Wait and try again, add keys to `api_keys`, or set `fallback_model`.',
  },
  OVERLOADED: {
    kind: 'transient',
    summary: 'The provider is overloaded (503 or 529).',
    hint: 'Try again shortly, or set `fallback_model`.',
  },
  UNAVAILABLE: {
    kind: 'transient',
    summary: 'The provider could not be reached or failed on its side (connection error, 5xx).',
    hint: 'Check `llm_base_url` and the network; a local model server must be running.',
  },
  TIMEOUT: {
    kind: 'transient',
    summary: 'The provider did not connect, start or continue its answer in time.',
    hint: 'Try again; for a slow local model raise the first-byte and idle timeouts.',
  },
  STREAM_CUT: {
    kind: 'transient',
    summary: 'The answer ended without its terminal event, so it may be incomplete and is not kept.',
    hint: 'Try again; if it repeats, look at proxies between here and the provider.',
  },
  BAD_RESPONSE: {
    kind: 'permanent',
    summary: 'The provider answered something that is not its own protocol.',
    hint: 'Check that `llm_base_url` points at the API and not at a web page or another protocol.',
  },
  CONTEXT_OVERFLOW: {
    kind: 'permanent',
    summary: 'The conversation does not fit into the context window of the model.',
    hint: 'The session is compacted automatically; `/reset` starts afresh.',
  },
  BAD_REQUEST: {
    kind: 'permanent',
    summary: 'The provider rejected the request (4xx).',
    hint: 'See the log for the provider’s reason; often a body override or an unsupported model feature.',
  },
  REFUSED: {
    kind: 'permanent',
    summary: 'The provider’s content filter rejected the request before the model answered.',
    hint: 'Rephrase the request.',
  },
  BREAKER_OPEN: {
    kind: 'transient',
    summary: 'Every model of the chain failed repeatedly a moment ago and is being left alone.',
    hint: 'Wait until the time in `retryAtMs`; `/status` shows the state.',
  },
});
