import { expect, it } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const parse = (headers: Record<string, string>) => parseRetryAfter(new Headers(headers), NOW);

it.each([
  ['0', 0],
  [' 12 ', 12_000],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
  ['999999999', 86_400_000],
  ['1.5', undefined],
  ['-1', undefined],
  ['soon', undefined],
  ['', undefined],
])('reads "%s" as %s', (value, expected) => {
  expect(parse({ 'retry-after': value })).toBe(expected);
});

it('prefers the exact header', () => {
  expect(parse({ 'retry-after': '2', 'retry-after-ms': '1300' })).toBe(1300);
  expect(parse({ 'retry-after': '2', 'retry-after-ms': 'x' })).toBe(2000);
});
