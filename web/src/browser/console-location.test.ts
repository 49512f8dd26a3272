import { describe, expect, it } from 'vitest';
import { formatLocation, newSessionKey, parseLocation } from './console-location.ts';

describe('console location', () => {
  it('is the main chat without parameters', () => {
    expect(parseLocation('')).toEqual({ sessionKey: 'main', runId: null });
    expect(parseLocation('?session=%20')).toEqual({ sessionKey: 'main', runId: null });
  });

  it('comes back from its address, whatever the key is', () => {
    for (const sessionKey of ['main', 'chat:55', 'a & b=c?', 'größe/1']) {
      const location = { sessionKey, runId: 'r-1' };
      expect(parseLocation(formatLocation(location).slice(1))).toEqual(location);
    }
  });

  it('names a new chat by its time', () => {
    expect(newSessionKey(new Date('2026-03-01T09:08:07.123Z'))).toBe('session-20260301090807');
  });
});
