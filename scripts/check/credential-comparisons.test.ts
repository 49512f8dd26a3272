import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { checkCredentialComparisons, unsafeComparisonsOf } from './credential-comparisons.ts';

it.each([
  ['if (token === expected) open();', "compares 'token'"],
  ['if (expected !== options.legacyToken) return;', "compares 'legacyToken'"],
  ['return this.#token == presented;', "compares 'token'"],
  ["return request.header('x') === settings?.hooks_token;", "compares 'hooks_token'"],
  ['return sha256(x) === row.csrf_hash;', "compares 'csrf_hash'"],
  ['return (apiKey as string) !== other;', "compares 'apiKey'"],
  ['return password.startsWith(guess);', "compares 'password'"],
  ['return known.includes(apiKey);', "compares 'apiKey'"],
  ['return digest.equals(other);', "compares 'digest'"],
  ["import { timingSafeEqual } from 'node:crypto';", 'uses timingSafeEqual'],
])('%s is reported', async (code, what) => {
  const problems = await unsafeComparisonsOf(
    'src/a.ts',
    `function f(x) { ${code} }`.replace(/^.*(import .*) }$/, '$1'),
  );
  expect(problems).toContain(`src/a.ts: ${what}: use equalsConstantTime`);
});

it.each([
  'token === undefined',
  "token !== ''",
  'null === session.csrfHash',
  "typeof password === 'string'",
  'token.length === 36',
  'equalsConstantTime(token, expected)',
  "name.startsWith('token')",
  "tokens.includes('x')",
  'name === other',
])('%s passes', async (code) => {
  expect(await unsafeComparisonsOf('src/a.ts', `export const x = ${code};`)).toEqual([]);
});

it('finds none in this program', async () => {
  expect(await checkCredentialComparisons(resolve(import.meta.dirname, '../..'))).toEqual([]);
});
