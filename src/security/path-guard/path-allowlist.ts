/**
 * The operator's optional list of directories that tools may touch: one absolute path per line, `#` begins a comment
 * line (tools §6). A missing or empty file means that there is no such list.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.ts';

export interface PathAllowlist {
  /** The file it came from, named in refusals. */
  readonly file: string;
  readonly roots: readonly string[];
}

/** Where the list is: `MICROCLAW_PATH_ALLOWLIST`, else a fixed file in the home directory. */
export function pathAllowlistFile(
  environment: Readonly<Record<string, string | undefined>>,
  homeDir: string,
): string {
  const configured = environment.MICROCLAW_PATH_ALLOWLIST?.trim() ?? '';
  return configured === '' ? path.join(homeDir, '.microclaw', 'sandbox-path-allowlist.txt') : configured;
}

/** Rejects when the file exists and cannot be read: a list that cannot be read allows nothing. */
export async function loadPathAllowlist(file: string): Promise<PathAllowlist | undefined> {
  const text = await readIfPresent(file);
  const roots = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return roots.length === 0 ? undefined : { file, roots };
}

async function readIfPresent(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
