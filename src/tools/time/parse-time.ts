/**
 * Reads the time texts that `compare_time` accepts: RFC 3339, and without a zone `YYYY-MM-DD[ T]HH:MM[:SS]` and
 * `YYYY-MM-DD`. Dates are checked against the calendar; nothing rolls over.
 */
import { asUtc, type LocalTime, resolveLocalTime } from './time-zone.ts';

export type ParsedTime =
  | { readonly kind: 'instant'; readonly epochMs: number }
  | { readonly kind: 'invalid'; readonly reason: string };

const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s?([Zz]|[+-]\d{2}:\d{2})?)?$/;

/** `timeZone` is a known zone; it applies to texts without an offset. */
export function parseTime(text: string, timeZone: string): ParsedTime {
  const match = PATTERN.exec(text.trim());
  if (match === null) {
    return invalid(`'${text}' is not RFC 3339, YYYY-MM-DD HH:MM[:SS] or YYYY-MM-DD`);
  }
  const local: LocalTime = {
    year: Number(match[1]),
    month: Number(match[2]),
    day: Number(match[3]),
    hour: Number(match[4] ?? 0),
    minute: Number(match[5] ?? 0),
    second: Number(match[6] ?? 0),
  };
  if (!exists(local)) return invalid(`'${text}' is not a date and time that exists`);
  const fractionMs = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  const offset = match[8];
  if (offset !== undefined) return withOffset(text, local, fractionMs, offset);
  const resolved = resolveLocalTime(timeZone, local);
  switch (resolved.kind) {
    case 'instant':
      return { kind: 'instant', epochMs: resolved.epochMs + fractionMs };
    case 'ambiguous':
      return invalid(`'${text}' occurs twice in ${timeZone}; give a UTC offset`);
    case 'skipped':
      return invalid(`'${text}' does not exist in ${timeZone}: the clocks skip it; give a UTC offset`);
    default:
      return resolved satisfies never;
  }
}

function withOffset(text: string, local: LocalTime, fractionMs: number, offset: string): ParsedTime {
  if (offset.toUpperCase() === 'Z') return { kind: 'instant', epochMs: asUtc(local) + fractionMs };
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(4, 6));
  if (hours > 23 || minutes > 59) return invalid(`'${text}' has an impossible UTC offset`);
  const offsetMs = (hours * 60 + minutes) * 60_000 * (offset.startsWith('-') ? -1 : 1);
  return { kind: 'instant', epochMs: asUtc(local) - offsetMs + fractionMs };
}

function exists(local: LocalTime): boolean {
  if (local.hour > 23 || local.minute > 59 || local.second > 59) return false;
  const date = new Date(asUtc(local));
  return date.getUTCMonth() === local.month - 1 && date.getUTCDate() === local.day;
}

function invalid(reason: string): ParsedTime {
  return { kind: 'invalid', reason };
}
