/** Whether other users of this machine can read or change a file, the configuration above all. */
import { stat } from 'node:fs/promises';
import type { SelfCheckWarning } from '../core/self-check.ts';

const OTHERS = 0o077;

/** Permission bits of a file or directory, or `null` where the system has none. Rejects when there is none. */
export async function fileMode(path: string): Promise<number | null> {
  if (process.platform === 'win32') return null;
  return (await stat(path)).mode & 0o777;
}

/** `0644`, as chmod takes it. */
export function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** A warning unless the file is there for its owner only; nothing without a file. */
export async function configFileWarnings(path: string | null): Promise<readonly SelfCheckWarning[]> {
  if (path === null) return [];
  const mode = await fileMode(path);
  if (mode === null || (mode & OTHERS) === 0) return [];
  return [
    {
      code: 'config_file_readable_by_others',
      severity: 'medium',
      message: `The configuration file has mode ${formatMode(mode)}: other users of this machine can open it.`,
      hint: `chmod 600 ${path}`,
    },
  ];
}
