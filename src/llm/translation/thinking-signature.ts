/**
 * Whose signature a thinking block carries. A session may change its provider, and none accepts the signature of
 * another: Responses marks its own, everything unmarked is Anthropic's.
 */

const RESPONSES_MARK = 'rs:';

export interface ReasoningItemRef {
  readonly id: string;
  readonly encrypted: string;
}

/** The signature under which a reasoning item of the Responses API is stored. */
export function responsesSignature(item: ReasoningItemRef): string {
  return `${RESPONSES_MARK}${item.id}:${item.encrypted}`;
}

/** The reasoning item of a signature, or `undefined` when it is another provider's. */
export function readResponsesSignature(signature: string | undefined): ReasoningItemRef | undefined {
  if (signature === undefined || !signature.startsWith(RESPONSES_MARK)) return undefined;
  const rest = signature.slice(RESPONSES_MARK.length);
  const separator = rest.indexOf(':');
  if (separator < 1) return undefined;
  return { id: rest.slice(0, separator), encrypted: rest.slice(separator + 1) };
}

/** The signature when it may be sent to Anthropic. */
export function readAnthropicSignature(signature: string | undefined): string | undefined {
  if (signature === undefined || signature === '' || signature.startsWith(RESPONSES_MARK)) return undefined;
  return signature;
}
