/** The configured time zone: `override_timezone`, else the deprecated `timezone`, else the system's. */
import type { Config } from '../config/config.ts';
import type { Logger } from '../observability/logger.ts';

/** An unknown name is refused when the configuration is loaded; an unknown system zone counts as UTC. */
export function resolveTimezone(config: Config, logger: Logger): string {
  const configured = [config.override_timezone, config.timezone].find(
    (zone) => zone !== undefined && zone.toLowerCase() !== 'auto',
  );
  if (configured !== undefined) return configured;
  const system = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (system !== undefined && system !== '') return system;
  logger.warn({}, 'the system time zone is unknown, using UTC');
  return 'UTC';
}
