import { describe, expect, it } from 'vitest';
import {
  isContentFiltered,
  isContextOverflow,
  isQuotaExhausted,
  type ProviderComplaint,
  requestedAdaptation,
} from './provider-patterns.ts';

function complaint(message: string, changes: Partial<ProviderComplaint> = {}): ProviderComplaint {
  return { status: 400, type: '', code: '', param: '', message, ...changes };
}

describe('isContextOverflow', () => {
  it.each([
    'prompt is too long: 215403 tokens > 200000 maximum',
    'Input is too long for requested model.',
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    'input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000',
    'Your input exceeds the context window of this model.',
    'the request exceeds the available context size. try increasing the context size',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    'Please reduce the length of the messages or completion.',
    'prompt too long; exceeded max context length by 812 tokens',
    'Trying to keep the first 9000 tokens: tokens to keep from the initial prompt is greater than the context length',
    'Requested tokens (5000) exceed context window of 4096',
  ])('recognises: %s', (message) => {
    expect(isContextOverflow(complaint(message))).toBe(true);
  });

  it('reads the code of OpenAI', () => {
    expect(isContextOverflow(complaint('', { code: 'context_length_exceeded' }))).toBe(true);
  });

  it('reads the type of Anthropic', () => {
    expect(isContextOverflow(complaint('', { status: 413, type: 'request_too_large' }))).toBe(true);
  });

  it.each(['max_tokens is too large: 99999', 'rate limit reached', ''])('is not misled by: %s', (message) => {
    expect(isContextOverflow(complaint(message))).toBe(false);
  });
});

describe('isQuotaExhausted', () => {
  it('knows empty accounts by status, code and words', () => {
    expect(isQuotaExhausted(complaint('', { status: 402 }))).toBe(true);
    expect(isQuotaExhausted(complaint('', { status: 429, code: 'insufficient_quota' }))).toBe(true);
    expect(isQuotaExhausted(complaint('Your credit balance is too low to access the API.'))).toBe(true);
    expect(isQuotaExhausted(complaint('Rate limit reached', { status: 429 }))).toBe(false);
  });
});

it('knows a content filter by its code', () => {
  expect(isContentFiltered(complaint('', { code: 'content_filter' }))).toBe(true);
  expect(isContentFiltered(complaint('content_filter'))).toBe(false);
});

describe('requestedAdaptation', () => {
  const all = new Set(['max_tokens', 'stream_options', 'prompt_cache_key', 'include', 'thinking']);

  it.each([
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_completion_tokens',
    ],
    ['Unknown parameter: stream_options', 'no_stream_options'],
    ['include_usage: Extra inputs are not permitted', 'no_stream_options'],
    ['Unrecognized request argument supplied: prompt_cache_key', 'no_cache_key'],
    ['Encrypted content is not supported with this model.', 'no_encrypted_reasoning'],
    ['Unrecognized request argument supplied: reasoning_effort', 'no_thinking'],
    ['"llama3.2" does not support thinking', 'no_thinking'],
    [
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort".',
      'adaptive_thinking',
    ],
  ])('%s → %s', (message, expected) => {
    expect(requestedAdaptation(complaint(message), all)).toBe(expected);
  });

  it('reads the named parameter', () => {
    expect(requestedAdaptation(complaint('bad', { param: 'max_tokens' }), all)).toBe('max_completion_tokens');
    expect(requestedAdaptation(complaint('bad', { param: 'reasoning.effort' }), all)).toBe('no_thinking');
  });

  it('never blames what was not sent', () => {
    const message = 'Unrecognized request argument supplied: reasoning_effort';
    expect(requestedAdaptation(complaint(message), new Set())).toBeUndefined();
    expect(requestedAdaptation(complaint('', { param: 'max_tokens' }), new Set())).toBeUndefined();
  });

  it('reads only rejections of the request', () => {
    const message = 'Unknown parameter: stream_options';
    expect(requestedAdaptation(complaint(message, { status: 500 }), all)).toBeUndefined();
    expect(requestedAdaptation(complaint('The model is overloaded', { status: 429 }), all)).toBeUndefined();
  });
});
