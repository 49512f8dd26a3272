import { expect, it } from 'vitest';
import { formatPolicyPlace, parsePolicyPlace } from './policy-place.ts';

it('a tool and the chat that called it survive the address, spaces in the chat included', () => {
  const place = { tool: 'bash', sessionKey: 'my chat' };
  expect(parsePolicyPlace(formatPolicyPlace(place))).toEqual(place);
});

it('an address without them names none', () => {
  expect(parsePolicyPlace(undefined)).toEqual({ tool: '', sessionKey: '' });
});
