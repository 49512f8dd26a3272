import { expect, test } from 'vitest';
import { systemIds } from '../../core/ids.ts';
import { hashApiKey, issueApiKey, parseScopes, scopesAllow } from './api-key.ts';

test('an issued key has the documented form and is stored as a hash only', () => {
  const issued = issueApiKey(systemIds);
  expect(issued.key).toMatch(/^mk_[0-9a-f]{32}$/);
  expect(issued.prefix).toBe(issued.key.slice(0, 10));
  expect(issued.hash).toBe(hashApiKey(issued.key));
  expect(issued.hash).not.toContain(issued.key.slice(3));
});

test('scopes are trimmed, freed of blanks and repetitions, and keep their order', () => {
  expect(parseScopes([' operator.write ', '', 'operator.read', 'operator.write'])).toEqual({
    kind: 'scopes',
    scopes: ['operator.write', 'operator.read'],
  });
});

test('no scope and an unknown scope are told apart', () => {
  expect(parseScopes([' ', ''])).toEqual({ kind: 'empty' });
  expect(parseScopes(['operator.read', 'root'])).toEqual({ kind: 'invalid', scope: 'root' });
});

test('admin includes every scope and write does not include read', () => {
  expect(scopesAllow(new Set(['operator.admin']), 'operator.approvals')).toBe(true);
  expect(scopesAllow(new Set(['operator.write']), 'operator.read')).toBe(false);
  expect(scopesAllow(new Set(['operator.read']), 'operator.read')).toBe(true);
});
