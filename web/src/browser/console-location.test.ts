import { describe, expect, it } from 'vitest';
import { formatLocation, newSessionKey, parseLocation } from './console-location.ts';

describe('console location', () => {
  it('is the main chat without parameters', () => {
    expect(parseLocation('')).toEqual({ page: null, sessionKey: 'main', runId: null });
    expect(parseLocation('?session=%20')).toEqual({ page: null, sessionKey: 'main', runId: null });
  });

  it('comes back from its address, whatever the key is', () => {
    for (const sessionKey of ['main', 'chat:55', 'a & b=c?', 'größe/1']) {
      const location = { page: null, sessionKey, runId: 'r-1' };
      expect(parseLocation(formatLocation(location).slice(1))).toEqual(location);
    }
  });

  it('is a page when its name is known', () => {
    const location = { page: 'audit', sessionKey: 'main', runId: null } as const;
    expect(formatLocation(location)).toBe('/?page=audit');
    expect(parseLocation('?page=audit')).toEqual(location);
    const setting = { ...location, page: 'settings', key: 'sandbox.mode' } as const;
    expect(formatLocation(setting)).toBe('/?page=settings&key=sandbox.mode');
    expect(parseLocation('?page=settings&key=sandbox.mode')).toEqual(setting);
    expect(parseLocation('?page=nope')).toMatchObject({ page: null });
  });

  it('names a new chat by its time', () => {
    expect(newSessionKey(new Date('2026-03-01T09:08:07.123Z'))).toBe('session-20260301090807');
  });
});
