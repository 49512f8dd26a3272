/**
 * Log lines for people: one line of text made from one line of JSON, used when stderr is a terminal.
 *
 * Invariants: nothing in a line reaches the terminal as a command to it, whoever's text it repeats (names of tools,
 * output of hooks, messages of errors); only an entry begins at the start of a line, so no text can look like another
 * entry.
 */
import { isRecord, parseJson } from '../core/json.ts';

const LEVEL_NAMES: Readonly<Record<string, string>> = {
  debug: 'DEBUG',
  info: 'INFO ',
  warn: 'WARN ',
  error: 'ERROR',
};
const OWN_FIELDS: ReadonlySet<string> = new Set(['level', 'time', 'target', 'msg', 'err']);

/** C0 and C1 controls, tab and line feed apart, and what changes the direction of text. */
const TERMINAL_CONTROLS = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu;

function withoutControls(text: string): string {
  return text.replace(
    TERMINAL_CONTROLS,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? 'undefined';
}

function errorText(error: unknown): string {
  if (!isRecord(error)) return '';
  const hint = typeof error.hint === 'string' ? `\nhint: ${error.hint} (${error.code})` : '';
  return typeof error.stack === 'string' ? `\n${error.stack}${hint}` : `: ${error.message}${hint}`;
}

/**
 * `<time> <LEVEL> [target] message: error key=value …`, below it what to do and an error's stack; anything else is
 * returned as it is. Nothing in it can steer the terminal.
 */
export function formatLogText(line: string): string {
  const entry = parseJson(line);
  if (!isRecord(entry)) return line;
  const level = LEVEL_NAMES[String(entry.level)] ?? String(entry.level);
  const target = typeof entry.target === 'string' ? ` [${entry.target}]` : '';
  const fields = Object.entries(entry)
    .filter(([key]) => !OWN_FIELDS.has(key))
    .map(([key, value]) => ` ${key}=${fieldText(value)}`);
  const text = `${entry.time} ${level}${target} ${entry.msg}${fields.join('')}${errorText(entry.err)}`;
  return `${withoutControls(text.replaceAll('\n', '\n  '))}\n`;
}
