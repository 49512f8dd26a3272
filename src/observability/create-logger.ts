/**
 * The logger of the process: pino writing to stderr, because stdout belongs to results.
 *
 * Invariants: a line is written before the call returns, so nothing is lost when the process ends; every line passes
 * `redact`; a reader of stderr that went away never takes the program down. pino is set up for the first line that is
 * really written: a start without one does without it.
 */

import type { Logger as PinoLogger } from 'pino';
import { destination, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { lazy } from '../core/lazy.ts';
import { expectedFailure } from './log-error.ts';
import { LOG_LEVELS, type LogFilter, levelFor, parseLogFilter } from './log-filter.ts';
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

const IGNORED_LEVEL =
  'parts of the log level are ignored: write one of the levels, or levels by target, as in info,llm=debug';

/** Builds the logger of the process. */
export function createLogger(options: LoggerOptions): Logger {
  const filter = parseLogFilter(options.filter);
  // Whoever looks for a fault in the program wants to know where every failure was made.
  const wantsStacks = LOG_LEVELS.indexOf(filter.defaultLevel) <= LOG_LEVELS.indexOf('debug');
  const base = lazy(() =>
    pino(
      {
        level: 'trace',
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        serializers: { err: wantsStacks ? stdSerializers.err : errorFields },
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: REDACTED_PATHS, censor: '[REDACTED]' },
      },
      filteringSink(options),
    ),
  );
  const logger = adapt(base, filter, undefined);
  if (filter.ignored.length > 0) logger.warn({ ignored: filter.ignored, levels: LOG_LEVELS }, IGNORED_LEVEL);
  return logger;
}

function errorFields(error: Error): unknown {
  return expectedFailure(error) ?? stdSerializers.err(error);
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

/** `base` gives the logger whose lines carry the fields so far; it lets every level through. */
function adapt(base: () => PinoLogger, filter: LogFilter, target: string | undefined): Logger {
  const threshold = LOG_LEVELS.indexOf(levelFor(filter, target));
  const writer = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string) => {
    if (LOG_LEVELS.indexOf(level) >= threshold) base()[level](fields, message);
  };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    child(fields: LogFields) {
      const { target: childTarget, ...rest } = fields;
      const nextTarget = typeof childTarget === 'string' ? childTarget : target;
      const bindings = childTarget === undefined ? rest : { ...rest, target: nextTarget };
      return adapt(
        lazy(() => base().child(bindings)),
        filter,
        nextTarget,
      );
    },
  };
}
