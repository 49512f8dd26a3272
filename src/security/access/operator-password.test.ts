import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import { OperatorPassword } from './operator-password.ts';

const CHEAP = { memoryKiB: 64, passes: 1, parallelism: 1 };

let fixture: StorageFixture;
let password: OperatorPassword;
beforeEach(async () => {
  fixture = await StorageFixture.open();
  password = new OperatorPassword(fixture.repositories.auth, CHEAP);
});
afterEach(() => fixture.dispose());

const login = (sessionId: string) =>
  fixture.repositories.auth.createSession({
    sessionId,
    csrfHash: 'c',
    label: null,
    expiresAtMs: fixture.clock.now() + 1000,
  });
const liveLogins = async () =>
  (await fixture.repositories.auth.listLiveSessions()).map(({ sessionId }) => sessionId);

test('without a password nothing matches', async () => {
  expect(await password.isSet()).toBe(false);
  expect(await password.verify('anything')).toBe('not_set');
});

test('a password is trimmed when it is set and compared as it is', async () => {
  expect(await password.set('  passw0rd! ')).toBe('stored');
  expect(await password.isSet()).toBe(true);
  expect(await password.verify('passw0rd!')).toBe('match');
  expect(await password.verify(' passw0rd!')).toBe('mismatch');
});

test('a short password changes nothing', async () => {
  await password.set('passw0rd!');
  expect(await password.set('  1234567  ')).toBe('too_short');
  expect(await password.verify('passw0rd!')).toBe('match');
});

test('characters are counted, not code units', async () => {
  expect(await password.set('🦀🦀🦀🦀')).toBe('too_short');
  expect(await password.set('🦀🦀🦀🦀🦀🦀🦀🦀')).toBe('stored');
});

test('setting ends other logins, removing ends all', async () => {
  await login('a');
  await login('b');
  await password.set('passw0rd!', { keepSessionId: 'a' });
  expect(await liveLogins()).toEqual(['a']);
  await password.clear();
  expect(await liveLogins()).toEqual([]);
  expect(await password.isSet()).toBe(false);
});

test('another process finds the password that was set', async () => {
  await password.set('passw0rd!');
  await fixture.reopen();
  const later = new OperatorPassword(fixture.repositories.auth, CHEAP);
  expect(await later.verify('passw0rd!')).toBe('match');
});

test('a legacy hash is replaced when its password is used, and logins go on', async () => {
  const digest = createHash('sha256').update('salt:old-password').digest('hex');
  await fixture.repositories.auth.setPassword(`v1$salt$${digest}`);
  await login('a');
  expect(await password.verify('wrong')).toBe('mismatch');
  expect(await fixture.repositories.auth.passwordHash()).toMatch(/^v1\$/);
  expect(await password.verify('old-password')).toBe('match');
  expect(await fixture.repositories.auth.passwordHash()).toMatch(/^\$argon2id\$/);
  expect(await liveLogins()).toEqual(['a']);
  expect(await password.verify('old-password')).toBe('match');
});

test('a damaged hash matches nothing and says so', async () => {
  await fixture.repositories.auth.setPassword('damaged');
  expect(await password.verify('damaged')).toBe('unreadable');
});
