/**
 * The id of a tool call as the receiver accepts it. A session may change its provider, and the ids of one are too long
 * or too odd for another: vLLM writes 46 characters, OpenAI takes 40, Mistral exactly nine.
 */
import { createHash } from 'node:crypto';
import type { ProviderPreset } from '../catalog.ts';

const MAX_LENGTH = 40;
const NINE_ALPHANUMERICS = /^[A-Za-z0-9]{9}$/;

/** The same id always becomes the same text, so call and result stay together and the prefix stays cacheable. */
export function wireCallId(id: string, format: ProviderPreset['callIds']): string {
  if (format === 'nine_alphanumerics') return NINE_ALPHANUMERICS.test(id) ? id : digest(id).slice(0, 9);
  return id.length <= MAX_LENGTH ? id : `call_${digest(id)}`;
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}
