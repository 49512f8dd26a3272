/**
 * The logger of the process: pino writing to stderr, because stdout belongs to results.
 *
 * Invariants: a line is written before the call returns, so nothing is lost when the process ends; every line passes
 * `redact`; a reader of stderr that went away never takes the program down.
 */

import type { Logger as PinoLogger } from 'pino';
import { destination, pino, stdTimeFunctions } from 'pino';
import type { LogFilter } from './log-filter.ts';
import { levelFor, parseLogFilter } from './log-filter.ts';
import { formatLogText } from './log-text.ts';
import type { LogFields, Logger } from './logger.ts';

/** Where lines go. */
export interface LogSink {
  write(line: string): void;
}

export interface LoggerOptions {
  /** `RUST_LOG` notation; see `log-filter.ts`. */
  readonly filter: string;
  /** `text` for people, `json` for collectors. */
  readonly format: 'text' | 'json';
  /** Removes secrets from a finished line. */
  readonly redact?: (line: string) => string;
  /** Default: stderr, written synchronously. */
  readonly sink?: LogSink;
}

/** Fields whose values are credentials wherever they appear at the first two levels. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'password',
  'token',
  'apiKey',
  'api_key',
  'secret',
] as const;
const REDACTED_PATHS = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]);

/** Builds the logger of the process. */
export function createLogger(options: LoggerOptions): Logger {
  const filter = parseLogFilter(options.filter);
  const base = pino(
    {
      level: 'trace',
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED_PATHS, censor: '[REDACTED]' },
    },
    filteringSink(options),
  );
  const logger = adapt(base, filter, undefined);
  if (filter.ignored.length > 0) logger.warn({ ignored: filter.ignored }, 'log filter has unreadable parts');
  return logger;
}

function filteringSink({ redact, format, sink }: LoggerOptions): LogSink {
  const target = sink ?? stderrSink();
  return {
    write(line) {
      const clean = redact === undefined ? line : redact(line);
      target.write(format === 'text' ? formatLogText(clean) : clean);
    },
  };
}

function stderrSink(): LogSink {
  const stream = destination({ fd: 2, sync: true });
  // Whoever read stderr is gone (EPIPE): there is nowhere left to report that, and the program has to go on.
  stream.on('error', () => {});
  return { write: (line) => void stream.write(line) };
}

function adapt(base: PinoLogger, filter: LogFilter, target: string | undefined): Logger {
  const level = levelFor(filter, target);
  const own = base.child({}, { level: level === 'off' ? 'silent' : level });
  return {
    debug: (fields, message) => own.debug(fields, message),
    info: (fields, message) => own.info(fields, message),
    warn: (fields, message) => own.warn(fields, message),
    error: (fields, message) => own.error(fields, message),
    child(fields: LogFields) {
      const { target: childTarget, ...rest } = fields;
      const nextTarget = typeof childTarget === 'string' ? childTarget : target;
      const bindings = childTarget === undefined ? rest : { ...rest, target: nextTarget };
      return adapt(base.child(bindings), filter, nextTarget);
    },
  };
}
