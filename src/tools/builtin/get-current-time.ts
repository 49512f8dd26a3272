/** `get_current_time`: the clock, in a zone of the model's choice. */
import { z } from 'zod';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import { findTimeZone, formatInZone } from '../time/time-zone.ts';
import { defineTool, type Tool } from '../tool.ts';

export interface TimeToolOptions {
  /** The configured IANA zone, used when the input names none. */
  readonly timezone: () => string;
  readonly clock: Pick<Clock, 'now'>;
}

export function createGetCurrentTimeTool(options: TimeToolOptions): Tool {
  return defineTool({
    name: 'get_current_time',
    description: 'Current date and time.',
    input: lazyObject(() => ({
      timezone: z.string().optional().describe('IANA name; default: configured zone'),
    })),
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    summarize: ({ timezone }) => timezone ?? options.timezone(),
    async run({ timezone }) {
      const zone = findTimeZone(timezone ?? options.timezone());
      if (zone === undefined)
        return { content: unknownZoneText(timezone ?? options.timezone()), isError: true };
      const now = options.clock.now();
      const lines = [
        `timezone: ${zone}`,
        `local_time: ${formatInZone(zone, now)}`,
        `utc_time: ${formatTimestamp(now)}`,
        `unix_seconds: ${Math.floor(now / 1000)}`,
        `unix_millis: ${now}`,
      ];
      return { content: lines.join('\n') };
    },
  });
}

/** Answer to a zone that does not exist. */
export function unknownZoneText(name: string): string {
  return `Invalid timezone: ${name}. Use an IANA name such as Europe/Berlin or UTC.`;
}
