/** The configured time zone: `override_timezone`, else the deprecated `timezone`, else the system's. */
import type { Config } from '../config/config.ts';
import { lazy } from '../core/lazy.ts';
import type { Logger } from '../observability/logger.ts';

/**
 * An unknown name is refused when the configuration is loaded; an unknown system zone counts as UTC. The zone is looked
 * up when it is first asked for, because the first use of time zones in a process costs it many milliseconds.
 */
export function resolveTimezone(config: Config, logger: Logger): () => string {
  return lazy(() => findTimezone(config, logger));
}

function findTimezone(config: Config, logger: Logger): string {
  const configured = [config.override_timezone, config.timezone].find(
    (zone) => zone !== undefined && zone.toLowerCase() !== 'auto',
  );
  if (configured !== undefined) return configured;
  const system = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (system !== undefined && system !== '') return system;
  logger.warn({}, 'the system time zone is unknown, using UTC');
  return 'UTC';
}
