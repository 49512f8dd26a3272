import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemIds } from '../../core/ids.ts';
import { generatePassword } from './password-generate.ts';
import { type Argon2Cost, checkPassword, DEFAULT_ARGON2_COST, hashPassword } from './password-hash.ts';

const CHEAP: Argon2Cost = { memoryKiB: 64, passes: 1, parallelism: 1 };

test('a password matches its own hash and no other password does', async () => {
  const stored = await hashPassword('passw0rd!', CHEAP);
  expect(await checkPassword('passw0rd!', stored, CHEAP)).toEqual({ kind: 'match', needsRehash: false });
  expect(await checkPassword('passw0rd', stored, CHEAP)).toEqual({ kind: 'mismatch' });
});

test('the stored form is a PHC string with its own salt', async () => {
  const first = await hashPassword('same', CHEAP);
  const second = await hashPassword('same', CHEAP);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(first).not.toBe(second);
});

test('a PHC string of the reference implementation is verified', async () => {
  // RFC 9106 parameters; computed with `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 24`.
  const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect((await checkPassword('password', stored)).kind).toBe('match');
});

test('a cheaper hash than today’s is due for a new one', async () => {
  const stored = await hashPassword('passw0rd!', CHEAP);
  expect(await checkPassword('passw0rd!', stored, DEFAULT_ARGON2_COST)).toEqual({
    kind: 'match',
    needsRehash: true,
  });
});

test('a legacy hash is accepted and due for a new one', async () => {
  const stored = `v1$salt$${createHash('sha256').update('salt:old-password').digest('hex')}`;
  expect(await checkPassword('old-password', stored)).toEqual({ kind: 'match', needsRehash: true });
  expect(await checkPassword('other', stored)).toEqual({ kind: 'mismatch' });
});

test.each([
  'plain text',
  '',
  'v1$salt$zz',
  'v1$salt',
  '$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  '$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  '$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
])('a stored text that is no usable hash matches nothing: %s', async (stored) => {
  expect(await checkPassword('password', stored)).toEqual({ kind: 'unreadable' });
});

test('a generated password has the documented form', () => {
  expect(generatePassword(systemIds)).toMatch(/^mc-[0-9a-f]{6}-[0-9a-f]{6}!$/);
});
