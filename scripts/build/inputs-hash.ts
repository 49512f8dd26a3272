/** Tells whether a build is current: a hash over the names and contents of everything that goes into it. */
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Hash of all files below `root` that match `patterns`, tests excluded. */
export async function hashInputs(root: string, patterns: readonly string[]): Promise<string> {
  const paths: string[] = [];
  for await (const path of glob([...patterns], {
    cwd: root,
    exclude: ['**/*.test.*', '**/node_modules/**'],
  })) {
    if (/\.[a-z]+$/.test(path)) paths.push(path);
  }
  const hash = createHash('sha256').update(process.versions.node);
  for (const path of paths.sort())
    hash
      .update(path)
      .update('\0')
      .update(await readFile(join(root, path)));
  return hash.digest('hex');
}
