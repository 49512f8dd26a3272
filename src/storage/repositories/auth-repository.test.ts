import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { AuthRepository } from './auth-repository.ts';

describe('AuthRepository', () => {
  let fixture: StorageFixture;
  let auth: AuthRepository;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
    auth = fixture.repositories.auth;
  });

  afterEach(() => fixture.dispose());

  const login = (sessionId: string, ttlMs = 60_000) =>
    auth.createSession({
      sessionId,
      csrfHash: `csrf of ${sessionId}`,
      label: null,
      expiresAtMs: fixture.clock.now() + ttlMs,
    });
  const live = async () => (await auth.listLiveSessions()).map((session) => session.sessionId).sort();

  it('holds one password', async () => {
    expect(await auth.passwordHash()).toBeUndefined();
    await auth.setPassword('first');
    await auth.setPassword('second');
    expect(await auth.passwordHash()).toBe('second');
    await auth.clearPassword();
    expect(await auth.passwordHash()).toBeUndefined();
  });

  it('ends the other login sessions with a password change, and all with its removal', async () => {
    for (const id of ['a', 'b', 'c']) await login(id);
    await auth.rehashPassword('same password, newer hash');
    expect(await live()).toEqual(['a', 'b', 'c']);
    await auth.setPassword('new', { keepSessionId: 'b' });
    expect(await live()).toEqual(['b']);
    await auth.clearPassword();
    expect(await live()).toEqual([]);
  });

  it('finds a session until it expires or is revoked', async () => {
    const created = await login('a');
    expect(await auth.findLiveSession('a')).toEqual(created);
    expect(await auth.findLiveSession('b')).toBeUndefined();
    fixture.clock.advance(60_000);
    expect(await auth.findLiveSession('a')).toBeUndefined();
    await login('b');
    expect(await auth.revokeSession('b')).toBe(true);
    expect(await auth.revokeSession('b')).toBe(false);
    expect(await auth.findLiveSession('b')).toBeUndefined();
  });

  it('notes use', async () => {
    await login('a');
    fixture.clock.advance(1000);
    await auth.touchSession('a');
    expect((await auth.findLiveSession('a'))?.lastSeenAt).toBe('2030-01-01T00:00:01.000Z');
  });

  it('revokes all but one and counts them', async () => {
    for (const id of ['a', 'b', 'c']) await login(id);
    expect(await auth.revokeAllSessions('a')).toBe(2);
    expect(await auth.revokeAllSessions()).toBe(1);
  });

  it('forgets sessions that ended before an instant', async () => {
    await login('expired', 10);
    await login('revoked');
    await auth.revokeSession('revoked');
    fixture.clock.advance(1000);
    await login('live');
    expect(await auth.pruneSessions(fixture.clock.now())).toBe(2);
    expect(await live()).toEqual(['live']);
  });
});
