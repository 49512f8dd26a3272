/**
 * Zone arithmetic on top of `Intl`: which offset a zone has at an instant, and which instants a local time names.
 *
 * Invariants: a local time that occurs twice or not at all is reported, never guessed; the answer depends only on the
 * time zone data of the Node build, never on the machine's own zone.
 */

/** A local date and time without a zone. `month` is 1–12. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export type LocalResolution =
  | { readonly kind: 'instant'; readonly epochMs: number }
  /** The clock shows this time twice; both instants, earlier first. */
  | { readonly kind: 'ambiguous'; readonly earlierMs: number; readonly laterMs: number }
  /** The clock jumps over this time. */
  | { readonly kind: 'skipped' };

const HOUR_MS = 3_600_000;

/** The zone's canonical spelling, or `undefined` when `Intl` does not know it. */
export function findTimeZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name.trim() }).resolvedOptions().timeZone;
  } catch {
    return undefined; // RangeError: no such zone
  }
}

/** Milliseconds since the epoch of a local time read as UTC. */
export function asUtc(local: LocalTime): number {
  const date = new Date(0);
  date.setUTCFullYear(local.year, local.month - 1, local.day);
  date.setUTCHours(local.hour, local.minute, local.second, 0);
  return date.getTime();
}

/** Local time minus UTC at an instant, in milliseconds. `timeZone` is a known zone. */
export function offsetMsAt(timeZone: string, epochMs: number): number {
  const wholeSecond = Math.floor(epochMs / 1000) * 1000;
  const parts = new Map(
    formatterFor(timeZone)
      .formatToParts(wholeSecond)
      .map((part) => [part.type, Number(part.value)]),
  );
  const field = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const local = {
    year: field('year'),
    month: field('month'),
    day: field('day'),
    hour: field('hour'),
    minute: field('minute'),
    second: field('second'),
  };
  return asUtc(local) - wholeSecond;
}

/** The instants at which the clocks of `timeZone` show `local`. */
export function resolveLocalTime(timeZone: string, local: LocalTime): LocalResolution {
  const utc = asUtc(local);
  // No zone is further than 26 hours from UTC, and no zone changes its offset twice within the window.
  const offsets = new Set([-30, 0, 30].map((hours) => offsetMsAt(timeZone, utc + hours * HOUR_MS)));
  const instants = [...offsets]
    .map((offset) => ({ offset, epochMs: utc - offset }))
    .filter(({ offset, epochMs }) => offsetMsAt(timeZone, epochMs) === offset)
    .map(({ epochMs }) => epochMs)
    .sort((left, right) => left - right);
  const [earlierMs, laterMs] = instants;
  if (earlierMs === undefined) return { kind: 'skipped' };
  if (laterMs === undefined) return { kind: 'instant', epochMs: earlierMs };
  return { kind: 'ambiguous', earlierMs, laterMs };
}

/** RFC 3339 with the zone's own offset and milliseconds: `2026-07-01T14:00:00.000+02:00`. */
export function formatInZone(timeZone: string, epochMs: number): string {
  const offset = offsetMsAt(timeZone, epochMs);
  const local = new Date(epochMs + offset).toISOString().slice(0, -1);
  return `${local}${formatOffset(offset)}`;
}

/** `+02:00`; historical offsets with seconds are rounded to the minute, as RFC 3339 has no seconds there. */
function formatOffset(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const sign = offsetMs < 0 ? '-' : '+';
  return `${sign}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** Proleptic Gregorian, 24-hour fields; `Intl` writes no era for the years a four-digit text can name. */
function formatterFor(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}
