/** Looks a program up on a search path. */
import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** Absolute path of an executable; `undefined` when the search path has none. Relative entries are not searched. */
export async function findProgram(name: string, searchPath: string | undefined): Promise<string | undefined> {
  for (const directory of (searchPath ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(directory)) continue;
    const file = path.join(directory, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run
  }
}
