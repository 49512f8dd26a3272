import { expect, it } from 'vitest';
import { wireCallId } from './wire-call-id.ts';

const VLLM_ID = `chatcmpl-tool-${'0'.repeat(32)}`;

it('an id that fits stays as it is', () => {
  expect(wireCallId('call_abc', 'up_to_40')).toBe('call_abc');
  expect(wireCallId('aB3dE6gH9', 'nine_alphanumerics')).toBe('aB3dE6gH9');
});

it('an id of another provider becomes one that fits, always the same', () => {
  expect(wireCallId(VLLM_ID, 'up_to_40')).toMatch(/^call_[0-9a-f]{32}$/);
  expect(wireCallId(VLLM_ID, 'up_to_40')).toBe(wireCallId(VLLM_ID, 'up_to_40'));
  expect(wireCallId('call_abc', 'nine_alphanumerics')).toMatch(/^[0-9a-f]{9}$/);
  expect(wireCallId('call_abc', 'nine_alphanumerics')).not.toBe(wireCallId('call_abd', 'nine_alphanumerics'));
});
