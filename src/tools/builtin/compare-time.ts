/** `compare_time`: which of two times is earlier, and by how much. */
import { z } from 'zod';
import { formatTimestamp } from '../../core/clock.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import { parseTime } from '../time/parse-time.ts';
import { findTimeZone } from '../time/time-zone.ts';
import { defineTool, type Tool } from '../tool.ts';
import { unknownZoneText } from './get-current-time.ts';

export interface CompareTimeOptions {
  /** The configured IANA zone, applied to times without an offset when the input names none. */
  readonly timezone: () => string;
}

export function createCompareTimeTool(options: CompareTimeOptions): Tool {
  return defineTool({
    name: 'compare_time',
    description: 'Compare two times: RFC 3339, YYYY-MM-DD HH:MM[:SS] or YYYY-MM-DD.',
    input: lazyObject(() => ({
      left: z.string(),
      right: z.string(),
      timezone: z.string().optional().describe('IANA name for times without offset'),
    })),
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    idempotent: true,
    summarize: ({ left, right }) => `${left} ↔ ${right}`,
    async run({ left, right, timezone }) {
      const zone = findTimeZone(timezone ?? options.timezone());
      if (zone === undefined)
        return { content: unknownZoneText(timezone ?? options.timezone()), isError: true };
      const leftTime = parseTime(left, zone);
      if (leftTime.kind === 'invalid') return { content: `Invalid left: ${leftTime.reason}`, isError: true };
      const rightTime = parseTime(right, zone);
      if (rightTime.kind === 'invalid')
        return { content: `Invalid right: ${rightTime.reason}`, isError: true };
      return { content: describeDifference(zone, leftTime.epochMs, rightTime.epochMs) };
    },
  });
}

function describeDifference(zone: string, leftMs: number, rightMs: number): string {
  const deltaMs = rightMs - leftMs;
  return [
    `timezone_for_naive_input: ${zone}`,
    `left_utc: ${formatTimestamp(leftMs)}`,
    `right_utc: ${formatTimestamp(rightMs)}`,
    `relation: ${relationOf(deltaMs)}`,
    `delta_seconds_right_minus_left: ${deltaMs / 1000}`,
    `delta_hms_abs: ${formatDuration(Math.abs(deltaMs))}`,
  ].join('\n');
}

function relationOf(deltaMs: number): string {
  if (deltaMs === 0) return 'equal';
  return deltaMs > 0 ? 'left_is_earlier' : 'left_is_later';
}

/** Whole seconds as `HH:MM:SS`; hours grow beyond two digits. */
function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const fields = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return fields.map((field) => String(field).padStart(2, '0')).join(':');
}
