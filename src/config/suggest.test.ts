import { expect, it } from 'vitest';
import { suggest, suggestion } from './suggest.ts';

const KEYS = ['model', 'models', 'api_key', 'web_port', 'max_tokens'];

it.each([
  ['modle', 'model'],
  ['apikey', 'api_key'],
  ['MAX_TOKENS', 'max_tokens'],
  ['max_tokns', 'max_tokens'],
])('takes %s for %s', (word, expected) => {
  expect(suggest(word, KEYS)).toBe(expected);
});

it('suggests nothing that shares too little', () => {
  expect(suggest('temperature', KEYS)).toBeUndefined();
  expect(suggest('ab', ['xy'])).toBeUndefined();
  expect(suggestion('temperature', KEYS)).toBe('');
});
