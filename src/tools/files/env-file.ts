/**
 * Variables for commands from dotenv files: one `KEY=value` per line, optional `export `, blank lines and `#` lines
 * ignored, one pair of matching quotes stripped, no interpolation, no inline comments, the last one wins (tools §5.1).
 */
import { readFile } from 'node:fs/promises';

const LINE = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/;

/** The variables of one file's text. */
export function parseEnvFile(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const rawLine of text.split('\n')) {
    const line = rawLine.trim();
    if (line.startsWith('#')) continue;
    const match = LINE.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    variables[match[1]] = unquote(match[2].trim());
  }
  return variables;
}

/** The variables of all files; a later file wins. Rejects when a file cannot be read. */
export async function loadEnvFiles(paths: readonly string[]): Promise<Record<string, string>> {
  const texts = await Promise.all(paths.map((file) => readFile(file, 'utf8')));
  return Object.assign({}, ...texts.map(parseEnvFile));
}

function unquote(value: string): string {
  const quote = value[0];
  const isQuoted = value.length >= 2 && (quote === '"' || quote === "'") && value.endsWith(quote);
  return isQuoted ? value.slice(1, -1) : value;
}
