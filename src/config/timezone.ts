/** The time zone that dates are shown in. */
import type { Config } from './config.ts';

/** `override_timezone`, else the older `timezone`, else the zone of the system, else UTC. An IANA name. */
export function effectiveTimezone(config: Config): string {
  const configured = config.override_timezone ?? config.timezone;
  if (configured !== undefined && configured.toLowerCase() !== 'auto') return configured;
  const system = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return system === undefined || system === '' ? 'UTC' : system;
}
