/**
 * What `start` and `run` need before anything is built: configuration, secrets for the redactor, logger.
 *
 * Invariants: works without a configuration file; every warning of the configuration is logged; no credential reaches
 * the log.
 */
import type { Config } from '../config/config.ts';
import { type ConfigSecret, type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { createLogger } from '../observability/create-logger.ts';
import { logFilterFromEnvironment } from '../observability/log-filter.ts';
import type { Logger } from '../observability/logger.ts';
import { createRedactor } from '../security/redaction/redactor.ts';
import type { CommandContext } from './command-context.ts';
import { cliErrors } from './errors.ts';
import { checkModel } from './model-check.ts';

/** Provider keys that are used from the environment when the configuration has none. */
const ENVIRONMENT_KEYS = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY'] as const;

export interface Settings {
  readonly config: Config;
  readonly configPath: string | null;
  readonly secrets: readonly ConfigSecret[];
  readonly logger: Logger;
}

/** Raises `MC_CONFIG_*` and `MC_CLI_MODEL_KEY_MISSING`. */
export async function loadSettings(context: CommandContext): Promise<Settings> {
  const { env, cwd, configFlag } = context;
  const loaded = await loadConfig({ flag: configFlag, env, cwd });
  const { problem } = checkModel(loaded.config, env);
  if (problem !== undefined) throw cliErrors.create('MODEL_KEY_MISSING', problem);
  const secrets = [...loaded.secrets, ...environmentSecrets(env)];
  const logger = openLogger(loaded.config, env, secrets);
  logWarnings(logger, loaded);
  return { config: loaded.config, configPath: loaded.path, secrets, logger };
}

function environmentSecrets(env: CommandContext['env']): readonly ConfigSecret[] {
  return ENVIRONMENT_KEYS.flatMap((key) => {
    const value = env[key]?.trim() ?? '';
    return value === '' ? [] : [{ key, value }];
  });
}

function openLogger(config: Config, env: CommandContext['env'], secrets: readonly ConfigSecret[]): Logger {
  const { log_level, log_format } = config.observability;
  const redactor = createRedactor(secrets);
  const terminalFormat = process.stderr.isTTY ? 'text' : 'json';
  return createLogger({
    filter: logFilterFromEnvironment(env) ?? log_level,
    format: log_format === 'auto' ? terminalFormat : log_format,
    redact: (line) => redactor.redactForLog(line),
  });
}

function logWarnings(logger: Logger, { warnings, path }: LoadedConfig): void {
  const log = logger.child({ target: 'config' });
  for (const { key, message, line, column } of warnings) {
    log.warn({ file: path, line, column, key, problem: message }, 'configuration warning');
  }
}
