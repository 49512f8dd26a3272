/**
 * Turns what a provider or the network reported into `MC_LLM_*` errors. The message is safe for a chat; the provider's
 * own words go to `data.detail`, shortened and without anything that looks like a key or a URL.
 */
import { MicroclawError } from '../core/errors.ts';
import { isNestedTooDeeply, isRecord } from '../core/json.ts';
import { ellipsize } from '../core/text.ts';
import { llmErrors } from './errors.ts';
import {
  isContentFiltered,
  isContextOverflow,
  isQuotaExhausted,
  type ProviderComplaint,
} from './provider-patterns.ts';
import { parseRetryAfter } from './resilience/retry-after.ts';

const MAX_DETAIL = 400;
const SECRET_LIKE = /\bBearer\s+\S+|\bAIza[\w-]{10,}|\b(?:sk|pk|rk|key|xai|gsk)[-_][\w.*-]{8,}/g;
const URL_LIKE = /\bhttps?:\/\/\S+/g;

function redact(text: string): string {
  return ellipsize(text.replace(URL_LIKE, '[url]').replace(SECRET_LIKE, '[redacted]'), MAX_DETAIL);
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * What FastAPI servers (Mistral, vLLM, LiteLLM) say about a field: `[{"loc": […], "msg": "Extra inputs are not
 * permitted"}]`.
 */
function structured(value: unknown): string {
  if (typeof value !== 'object' || value === null || isNestedTooDeeply(value)) return '';
  // They repeat the input they refuse, which is the conversation.
  return JSON.stringify(value, (key, inner: unknown) => (key === 'input' ? undefined : inner));
}

/** Reads the error object of any known shape out of a body or an event payload. */
export function complaintFrom(status: number, payload: unknown): ProviderComplaint {
  const outer = Array.isArray(payload) ? payload[0] : payload;
  if (!isRecord(outer)) return { status, type: '', code: '', param: '', message: text(outer) };
  const inner = isRecord(outer.error) ? outer.error : outer;
  const metadata = isRecord(inner.metadata) ? text(inner.metadata.raw) : '';
  const message =
    text(inner.message) ||
    text(outer.error) ||
    text(outer.detail) ||
    text(outer.message) ||
    structured(inner.message ?? outer.detail);
  return {
    status,
    type: text(inner.type),
    code: text(inner.code),
    param: text(inner.param),
    message: metadata === '' ? message : `${message} — ${metadata}`,
  };
}

type FailureName = Parameters<typeof llmErrors.create>[0];

const MESSAGES = {
  CONTEXT_OVERFLOW: 'The conversation is too long for this model.',
  QUOTA: 'The model account has no credit or quota left.',
  REFUSED: 'The model provider’s content filter rejected the request.',
  AUTH: 'The model provider refused the API key.',
  MODEL_NOT_FOUND: 'The model provider does not know this model or address.',
  RATE_LIMITED: 'The model provider asked to slow down.',
  OVERLOADED: 'The model provider is overloaded.',
  UNAVAILABLE: 'The model provider is not available.',
  TIMEOUT: 'The model provider did not answer in time.',
  BAD_REQUEST: 'The model provider rejected the request.',
} as const satisfies Partial<Record<FailureName, string>>;

function classify(complaint: ProviderComplaint): keyof typeof MESSAGES {
  const { status } = complaint;
  if (isContextOverflow(complaint)) return 'CONTEXT_OVERFLOW';
  if (isQuotaExhausted(complaint)) return 'QUOTA';
  if (isContentFiltered(complaint)) return 'REFUSED';
  if (status === 401 || status === 403) return 'AUTH';
  if (status === 404) return 'MODEL_NOT_FOUND';
  if (status === 408 || status === 504) return 'TIMEOUT';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 503 || status === 529) return 'OVERLOADED';
  if (status >= 500) return 'UNAVAILABLE';
  return 'BAD_REQUEST';
}

/** Error types inside a stream, where there is no status (Anthropic and OpenAI error pages). */
const EVENT_TYPES: ReadonlyMap<string, keyof typeof MESSAGES> = new Map([
  ['overloaded_error', 'OVERLOADED'],
  ['rate_limit_error', 'RATE_LIMITED'],
  ['rate_limit_exceeded', 'RATE_LIMITED'],
  ['authentication_error', 'AUTH'],
  ['permission_error', 'AUTH'],
  ['not_found_error', 'MODEL_NOT_FOUND'],
  ['timeout_error', 'TIMEOUT'],
  ['api_error', 'UNAVAILABLE'],
  ['server_error', 'UNAVAILABLE'],
  ['invalid_request_error', 'BAD_REQUEST'],
]);

/** `Retry-After` in milliseconds that a failure carries, if any. */
export function retryAfterOf(error: unknown): number | undefined {
  const value = error instanceof MicroclawError ? error.data?.retryAfterMs : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** The failure for an HTTP error answer. */
export function failureFromStatus(
  complaint: ProviderComplaint,
  headers: Headers,
  nowMs: number,
): MicroclawError {
  const name = classify(complaint);
  const retryAfterMs = parseRetryAfter(headers, nowMs);
  return llmErrors.create(name, MESSAGES[name], {
    data: {
      status: complaint.status,
      ...describeComplaint(complaint),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  });
}

/** The failure for an `error` event or an error object in the middle of a stream. */
export function failureFromEvent(payload: unknown): MicroclawError {
  const complaint = complaintFrom(0, payload);
  const byStatus = Number(complaint.code);
  const status = Number.isInteger(byStatus) && byStatus >= 400 && byStatus < 600 ? byStatus : 0;
  const named = EVENT_TYPES.get(complaint.type) ?? EVENT_TYPES.get(complaint.code);
  const name = classify({ ...complaint, status });
  // An unknown error in a stream is the provider's trouble, not a fault of a request it had already accepted.
  const chosen = name === 'BAD_REQUEST' ? (named ?? 'UNAVAILABLE') : name;
  return llmErrors.create(chosen, MESSAGES[chosen], {
    data: { inStream: true, ...describeComplaint(complaint) },
  });
}

function describeComplaint(complaint: ProviderComplaint): Record<string, string> {
  const { type, code, message } = complaint;
  return {
    ...(type === '' ? {} : { providerType: redact(type) }),
    ...(code === '' ? {} : { providerCode: redact(code) }),
    ...(message === '' ? {} : { detail: redact(message) }),
  };
}

/** The failure for anything that went wrong before an answer arrived (DNS, connect, TLS, reset). */
export function failureFromTransport(error: unknown): MicroclawError {
  const known = microclawErrorIn(error);
  if (known !== undefined) return known;
  return llmErrors.create('UNAVAILABLE', 'The model provider could not be reached.', {
    cause: error,
    data: { reason: redact(networkCode(error)) },
  });
}

/** Client libraries wrap what the transport threw; the first error of ours in the chain is the real one. */
function microclawErrorIn(error: unknown): MicroclawError | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof MicroclawError) return current;
  }
  return undefined;
}

function networkCode(error: unknown): string {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string') return current.code;
  }
  return error instanceof Error ? error.name : 'unknown';
}
