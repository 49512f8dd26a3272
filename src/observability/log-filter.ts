/**
 * Which lines are written: a default level and levels per target, in the notation of `RUST_LOG`
 * (`info`, `warn,llm=debug`, `microclaw::agent=trace`).
 *
 * Invariants: the longest matching target wins; a part of the list that cannot be read is reported and skipped, never
 * fatal, because a log setting must not keep the program from starting.
 */

/** Levels of the notation, least severe first. `trace` lines do not exist here, so it means `debug`. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'off'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogFilter {
  /** Level of lines without a target or without a rule for it. */
  readonly defaultLevel: LogLevel;
  /** Level by target, longest target first. */
  readonly rules: readonly { readonly target: string; readonly level: LogLevel }[];
  /** Parts that could not be read, as written. */
  readonly ignored: readonly string[];
}

function readLevel(text: string): LogLevel | undefined {
  const lower = text.trim().toLowerCase();
  return LOG_LEVELS.find((level) => level === lower);
}

/** `microclaw::llm::retry` and `llm.retry` are the same target; the program's own name alone is the root. */
function normaliseTarget(text: string): string {
  const path = text.trim().toLowerCase().replaceAll('::', '.');
  return path === 'microclaw' ? '' : path.replace(/^microclaw\./, '');
}

/** Reads a filter; an empty text is `info`. */
export function parseLogFilter(text: string): LogFilter {
  let defaultLevel: LogLevel = 'info';
  const rules: { target: string; level: LogLevel }[] = [];
  const ignored: string[] = [];
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const [left = '', right] = part.split('=', 2);
    const level = readLevel(right ?? left);
    const target = right === undefined ? '' : normaliseTarget(left);
    if (level === undefined) ignored.push(part);
    else if (target === '') defaultLevel = level;
    else rules.push({ target, level });
  }
  rules.sort((left, right) => right.target.length - left.target.length);
  return { defaultLevel, rules, ignored };
}

/** The level that applies to lines of `target` (`llm`, `llm.retry`). */
export function levelFor(filter: LogFilter, target: string | undefined): LogLevel {
  const wanted = target?.toLowerCase() ?? '';
  const rule = filter.rules.find((row) => wanted === row.target || wanted.startsWith(`${row.target}.`));
  return rule?.level ?? filter.defaultLevel;
}

/** The filter text of the environment: `MICROCLAW_LOG` before `RUST_LOG`; `undefined` when neither is set. */
export function logFilterFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return [env.MICROCLAW_LOG, env.RUST_LOG].find((value) => value !== undefined && value.trim() !== '');
}
