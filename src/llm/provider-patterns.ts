/**
 * The only place that reads the wording of provider errors. Everything else decides by status and error code.
 * Each pattern stands beside a text that was seen in the field.
 */

/** What a provider said about a failed request; every field may be empty. */
export interface ProviderComplaint {
  readonly status: number;
  /** `error.type`, e.g. `invalid_request_error`. */
  readonly type: string;
  /** `error.code`, e.g. `context_length_exceeded`. */
  readonly code: string;
  /** `error.param`, e.g. `max_tokens`. */
  readonly param: string;
  readonly message: string;
}

const CONTEXT_OVERFLOW: readonly RegExp[] = [
  /context_length_exceeded/i, // OpenAI error code
  /prompt is too long/i, // Anthropic: "prompt is too long: 215403 tokens > 200000 maximum"
  /input is too long/i, // Bedrock: "Input is too long for requested model."
  /maximum context length/i, // OpenAI, vLLM: "This model's maximum context length is 8192 tokens"
  /exceed context limit/i, // Anthropic: "input length and `max_tokens` exceed context limit"
  /exceeds the context window/i, // OpenAI Responses: "Your input exceeds the context window of this model."
  /exceeds? the available context size/i, // llama.cpp: "the request exceeds the available context size"
  /input token count .*exceeds the maximum/i, // Gemini: "The input token count (1200000) exceeds the maximum"
  /maximum prompt length/i, // xAI: "This model's maximum prompt length is 131072"
  /reduce the length of the messages/i, // Groq: "Please reduce the length of the messages or completion."
  /context window exceeds limit/i, // MiniMax: "invalid params, context window exceeds limit"
  /prompt too long; exceeded (max )?context length/i, // Ollama: "prompt too long; exceeded max context length by 9 tokens"
  /greater than the context length/i, // LM Studio: "tokens to keep from the initial prompt is greater than the context length"
  /exceed context window of/i, // llama-cpp-python: "Requested tokens (5000) exceed context window of 4096"
  /exceeded model token limit/i, // Moonshot: "Your request exceeded model token limit: 262144"
];

/** True when the request failed because the conversation does not fit into the model's context window. */
export function isContextOverflow(complaint: ProviderComplaint): boolean {
  if (complaint.code === 'context_length_exceeded') return true;
  // Anthropic, status 413: more bytes than a request may have, which a shorter conversation cures too.
  if (complaint.type === 'request_too_large') return true;
  return CONTEXT_OVERFLOW.some((pattern) => pattern.test(complaint.message));
}

/** True when an account is out of credit, which waiting does not cure. */
export function isQuotaExhausted(complaint: ProviderComplaint): boolean {
  if (complaint.status === 402) return true;
  if (complaint.code === 'insufficient_quota' || complaint.type === 'insufficient_quota') return true;
  if (complaint.type === 'billing_error') return true;
  // Anthropic, status 400: "Your credit balance is too low to access the Anthropic API."
  return /credit balance is too low/i.test(complaint.message);
}

/** True when a content filter rejected the request itself (Azure: code `content_filter`). */
export function isContentFiltered(complaint: ProviderComplaint): boolean {
  return complaint.code === 'content_filter' || complaint.code === 'content_policy_violation';
}

/** A change to the request that a provider's complaint asks for. */
export type RequestAdaptation =
  /** Name the limit `max_completion_tokens`. */
  | 'max_completion_tokens'
  /** Leave out `stream_options`. */
  | 'no_stream_options'
  /** Leave out every thinking parameter. */
  | 'no_thinking'
  /** Anthropic: `thinking: {type: "adaptive"}` with an effort instead of a token budget. */
  | 'adaptive_thinking'
  /** Leave out `prompt_cache_key`. */
  | 'no_cache_key'
  /** Leave out `extra_content`, Gemini's signatures, in the calls of a session that began with Gemini. */
  | 'no_extra_content'
  /** Responses: do not ask for encrypted reasoning. */
  | 'no_encrypted_reasoning';

const UNSUPPORTED =
  /unsupported|not supported|does not support|doesn't support|unknown|unrecognized|unexpected|extra (inputs|fields)|not permitted|not allowed|invalid (parameter|field|argument)|additional propert/i;

/** Names of thinking parameters in any of the dialects. */
const THINKING_PARAMETER =
  /reasoning_effort|reasoning\.effort|enable_thinking|thinking_config|thinking_budget|reasoning_split|\breasoning\b|\bthinking\b/i;

/**
 * What to change after a 4xx, or `undefined` when the complaint is about something else. Parameters that the request
 * did not carry are never blamed.
 */
export function requestedAdaptation(
  complaint: ProviderComplaint,
  sent: ReadonlySet<string>,
): RequestAdaptation | undefined {
  if (complaint.status < 400 || complaint.status >= 500) return undefined;
  const { message, param } = complaint;
  // OpenAI: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'
  // instead."
  const namesBoth = /\bmax_tokens\b/.test(message) && /max_completion_tokens/.test(message);
  if (sent.has('max_tokens') && (param === 'max_tokens' || namesBoth)) return 'max_completion_tokens';
  const unsupported = UNSUPPORTED.test(message);
  if (sent.has('stream_options') && unsupported && /stream_options|include_usage/.test(message)) {
    return 'no_stream_options';
  }
  if (sent.has('prompt_cache_key') && unsupported && /prompt_cache_key/.test(message)) return 'no_cache_key';
  // Groq: "property 'extra_content' is unsupported"
  if (sent.has('extra_content') && unsupported && /extra_content/.test(message)) return 'no_extra_content';
  // OpenAI: "Encrypted content is not supported with this model."
  if (sent.has('include') && unsupported && /encrypted.content/i.test(message))
    return 'no_encrypted_reasoning';
  if (!sent.has('thinking')) return undefined;
  // Anthropic: `"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and …`
  if (/adaptive/i.test(message) && /thinking/i.test(message)) return 'adaptive_thinking';
  // Ollama: `"llama3.2" does not support thinking`; OpenAI: "Unrecognized request argument supplied: reasoning_effort"
  if (THINKING_PARAMETER.test(param) || (unsupported && THINKING_PARAMETER.test(message)))
    return 'no_thinking';
  return undefined;
}
