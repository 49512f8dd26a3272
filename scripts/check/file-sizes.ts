/** Limits on the length of files, so that one file stays one idea. Functions are limited by biome. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const HARD_LIMIT = 600;
const SOFT_LIMIT = 400;
/** Share of files that may be longer than the soft limit. */
const SOFT_SHARE = 0.05;
const SOURCES = ['{src,test,scripts}/**/*.ts', 'web/{src,build}/**/*.{ts,tsx,css}'];
/** Generated, or grown by a rule of their own. */
const EXCEPTIONS = /\/(generated|migrations)\//;

/** One file and its lines. */
interface FileSize {
  readonly path: string;
  readonly lines: number;
}

/** What breaks the limits, in words; empty when nothing does. */
export async function checkFileSizes(root: string): Promise<readonly string[]> {
  const sizes: FileSize[] = [];
  for await (const path of glob(SOURCES, { cwd: root, exclude: ['**/node_modules/**'] })) {
    if (!EXCEPTIONS.test(path))
      sizes.push({ path, lines: countLines(await readFile(join(root, path), 'utf8')) });
  }
  return judgeSizes(sizes);
}

/** The limits, applied. */
export function judgeSizes(sizes: readonly FileSize[]): readonly string[] {
  const tooLong = sizes.filter(({ lines }) => lines > HARD_LIMIT);
  const long = sizes.filter(({ lines }) => lines > SOFT_LIMIT);
  const problems = tooLong.map(({ path, lines }) => `${path} has ${lines} lines, the limit is ${HARD_LIMIT}`);
  if (long.length > sizes.length * SOFT_SHARE) {
    const names = long.map(({ path, lines }) => `${path} (${lines})`).join(', ');
    problems.push(`more than ${SOFT_SHARE * 100} % of the files have over ${SOFT_LIMIT} lines: ${names}`);
  }
  return problems;
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
