/** The identity files an operator can choose from (http-api §9). */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { layoutOf } from './data-layout.ts';

/** Sorted names of `*.md` in the configured directory, in `souls/` and in `<data root>/souls`. */
export async function listSoulFiles(config: Config): Promise<readonly string[]> {
  const configured =
    config.souls_dir === undefined || config.souls_dir === '' ? [] : [resolve(config.souls_dir)];
  const directories = [...configured, resolve('souls'), join(layoutOf(config).dataRoot, 'souls')];
  const names = await Promise.all(directories.map(listDirectory));
  return [...new Set(names.flat())].filter((name) => name.endsWith('.md')).sort();
}

async function listDirectory(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch {
    return []; // not there, or not readable: nothing to choose
  }
}
