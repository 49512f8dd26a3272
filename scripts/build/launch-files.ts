/**
 * What the launcher `microclaw` reads from `dist/` so that it needs no process to decide what to run, and no Node for
 * what never changes: the list of sources that are in the build, and the texts of `version` and `--help`.
 *
 * Invariants: the texts are printed by the built program itself; the list is there only beside a complete build,
 * because it is removed before the first file changes and written after the last. The launcher takes a build without it
 * as stale.
 */
import { execFile } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Name of the list inside the build. */
const LIST_NAME = 'launch.sh';

/** What the launcher answers: name of the text inside the build, and the argument that prints it. */
const TEXTS = { 'version.txt': '--version', 'help.txt': '--help' } as const;

/** No space, no quote, no pattern: the shell takes such a path as one word, quoted or not. */
const PLAIN_PATH = /^\w[\w./-]*$/;

/**
 * The list as a shell script that sets `bundled_sources` to paths relative to `root`, one a line: those modules out of
 * `moduleIds` that are kept in the repository for the program, which is `src/` and `package.json`; and
 * `bundled_places` to the folders that change when one of them goes. The top folder changes all the time: a file in it
 * stands for itself. Both sorted.
 * Raises for a path that a shell could take apart, and when `src/main.ts` is not among them.
 */
export function listBundledSources(root: string, moduleIds: readonly string[]): string {
  const paths = moduleIds
    .map((id) => relative(root, id).replaceAll(sep, '/'))
    .filter((path) => path.startsWith('src/') || path === 'package.json')
    .sort();
  const unsafe = paths.find((path) => !PLAIN_PATH.test(path));
  if (unsafe !== undefined) throw new Error(`the launcher cannot check a source with such a name: ${unsafe}`);
  if (!paths.includes('src/main.ts'))
    throw new Error('the bundler did not name src/main.ts among its modules');
  const places = new Set(paths.map((path) => (path.includes('/') ? posix.dirname(path) : path)));
  return [
    '# Written by the build for ./microclaw.',
    `bundled_sources='${paths.join('\n')}'`,
    `bundled_places='${[...places].sort().join('\n')}'\n`,
  ].join('\n');
}

/** Marks the build in `outDir` as incomplete: until `writeLaunchFiles` the launcher runs the sources. */
export async function removeLaunchList(outDir: string): Promise<void> {
  await rm(join(outDir, LIST_NAME), { force: true });
}

/** Writes the texts of the program in `outDir`, then the list. Raises when the program fails. */
export async function writeLaunchFiles(
  root: string,
  outDir: string,
  moduleIds: readonly string[],
): Promise<void> {
  for (const [name, argument] of Object.entries(TEXTS)) {
    const { stdout } = await run(process.execPath, [join(outDir, 'main.js'), argument]);
    await writeFile(join(outDir, name), stdout);
  }
  const list = join(outDir, LIST_NAME);
  // In one step, because a shell stumbles over half a list.
  await writeFile(`${list}.new`, listBundledSources(root, moduleIds));
  await rename(`${list}.new`, list);
}
