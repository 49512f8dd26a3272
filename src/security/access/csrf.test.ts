import { expect, test } from 'vitest';
import { systemIds } from '../../core/ids.ts';
import { csrfTokenMatches, issueCsrfToken } from './csrf.ts';

test('a token matches only the session it was issued with', () => {
  const first = issueCsrfToken(systemIds);
  const second = issueCsrfToken(systemIds);
  expect(csrfTokenMatches(first.token, first.hash)).toBe(true);
  expect(csrfTokenMatches(first.token, second.hash)).toBe(false);
});

test('a missing or empty token never matches, not even the hash itself', () => {
  const { hash } = issueCsrfToken(systemIds);
  expect(csrfTokenMatches(undefined, hash)).toBe(false);
  expect(csrfTokenMatches('', hash)).toBe(false);
  expect(csrfTokenMatches(hash, hash)).toBe(false);
});
