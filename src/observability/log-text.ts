/** Log lines for people: one line of text made from one line of JSON, used when stderr is a terminal. */
import { isRecord, parseJson } from '../core/json.ts';

const LEVEL_NAMES: Readonly<Record<string, string>> = {
  debug: 'DEBUG',
  info: 'INFO ',
  warn: 'WARN ',
  error: 'ERROR',
};
const OWN_FIELDS: ReadonlySet<string> = new Set(['level', 'time', 'target', 'msg', 'err']);

function fieldText(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? 'undefined';
}

function errorText(error: unknown): string {
  if (!isRecord(error)) return '';
  const stack = typeof error.stack === 'string' ? error.stack : String(error.message);
  return `\n${stack}`;
}

/** `<time> <LEVEL> [target] message key=value …`, an error's stack below it; anything else is returned as it is. */
export function formatLogText(line: string): string {
  const entry = parseJson(line);
  if (!isRecord(entry)) return line;
  const level = LEVEL_NAMES[String(entry.level)] ?? String(entry.level);
  const target = typeof entry.target === 'string' ? ` [${entry.target}]` : '';
  const fields = Object.entries(entry)
    .filter(([key]) => !OWN_FIELDS.has(key))
    .map(([key, value]) => ` ${key}=${fieldText(value)}`);
  return `${entry.time} ${level}${target} ${entry.msg}${fields.join('')}${errorText(entry.err)}\n`;
}
