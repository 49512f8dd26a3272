import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from './parse-time.ts';
import { findTimeZone, formatInZone, offsetMsAt, resolveLocalTime } from './time-zone.ts';

const at = (text: string) => Date.parse(text);
const instant = (text: string, zone = 'UTC') => {
  const parsed = parseTime(text, zone);
  return parsed.kind === 'instant' ? new Date(parsed.epochMs).toISOString() : parsed.reason;
};

describe('time zones', () => {
  it('knows IANA names in any case and refuses others', () => {
    expect(findTimeZone('europe/berlin')).toBe('Europe/Berlin');
    expect(findTimeZone(' UTC ')).toBe('UTC');
    expect(findTimeZone('Mars/Olympus')).toBeUndefined();
    expect(findTimeZone('')).toBeUndefined();
  });

  it.each([
    ['UTC', '2026-07-01T12:00:00Z', 0],
    ['Europe/Berlin', '2026-01-01T12:00:00Z', 60],
    ['Europe/Berlin', '2026-07-01T12:00:00Z', 120],
    ['America/New_York', '2026-07-01T12:00:00Z', -240],
    ['Asia/Kathmandu', '2026-07-01T12:00:00Z', 345],
    ['Australia/Lord_Howe', '2026-07-01T12:00:00Z', 630],
    ['Pacific/Kiritimati', '2026-07-01T12:00:00Z', 840],
  ])('gives the offset of %s at %s', (zone, time, minutes) => {
    expect(offsetMsAt(zone, at(time))).toBe(minutes * 60_000);
  });

  it('formats an instant with the offset of its zone', () => {
    expect(formatInZone('Europe/Berlin', at('2026-07-01T12:00:00Z'))).toBe('2026-07-01T14:00:00.000+02:00');
    expect(formatInZone('America/St_Johns', at('2026-01-01T12:00:00Z'))).toBe(
      '2026-01-01T08:30:00.000-03:30',
    );
    expect(formatInZone('UTC', at('2026-01-01T00:00:00.5Z'))).toBe('2026-01-01T00:00:00.500+00:00');
  });

  it('finds every instant again from its local time', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Asia/Tokyo',
      'Australia/Lord_Howe',
      'UTC',
    );
    const seconds = fc.integer({
      min: at('1972-01-01T00:00:00Z') / 1000,
      max: at('2037-12-31T00:00:00Z') / 1000,
    });
    fc.assert(
      fc.property(zones, seconds, (zone, second) => {
        const epochMs = second * 1000;
        const local = new Date(epochMs + offsetMsAt(zone, epochMs));
        const resolved = resolveLocalTime(zone, {
          year: local.getUTCFullYear(),
          month: local.getUTCMonth() + 1,
          day: local.getUTCDate(),
          hour: local.getUTCHours(),
          minute: local.getUTCMinutes(),
          second: local.getUTCSeconds(),
        });
        if (resolved.kind === 'instant') expect(resolved.epochMs).toBe(epochMs);
        else if (resolved.kind === 'ambiguous')
          expect([resolved.earlierMs, resolved.laterMs]).toContain(epochMs);
        else expect.unreachable('a local time that was shown cannot be skipped');
      }),
      { numRuns: 300 },
    );
  });
});

describe('parseTime', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01t00:00:00z', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T00:00:00.25+02:00', '2025-12-31T22:00:00.250Z'],
    ['2026-01-01 10:30', '2026-01-01T10:30:00.000Z'],
    ['2026-01-01T10:30:15', '2026-01-01T10:30:15.000Z'],
    ['2026-01-01', '2026-01-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00.000Z'],
    ['2026-01-01T00:00:00-03:30', '2026-01-01T03:30:00.000Z'],
  ])('reads %s', (text, expected) => expect(instant(text)).toBe(expected));

  it('reads times without an offset in the given zone, with daylight saving', () => {
    expect(instant('2026-07-01 12:00', 'Europe/Berlin')).toBe('2026-07-01T10:00:00.000Z');
    expect(instant('2026-01-01 12:00', 'Europe/Berlin')).toBe('2026-01-01T11:00:00.000Z');
  });

  it('refuses a local time that occurs twice or never', () => {
    expect(instant('2026-10-25 02:30', 'Europe/Berlin')).toMatch(/occurs twice/);
    expect(instant('2026-03-29 02:30', 'Europe/Berlin')).toMatch(/does not exist/);
    expect(instant('2026-04-05 01:45', 'Australia/Lord_Howe')).toMatch(/occurs twice/);
    expect(instant('2011-12-30 12:00', 'Pacific/Apia')).toMatch(/does not exist/);
  });

  it.each([
    'tomorrow',
    '',
    '2026-02-30',
    '2026-13-01',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:00+25:00',
    '2026-1-1',
    '2026-01-01T10',
    '1767225600',
  ])('refuses %j', (text) => expect(parseTime(text, 'UTC').kind).toBe('invalid'));
});
