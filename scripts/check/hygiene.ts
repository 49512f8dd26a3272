/**
 * Things that must not be committed: addresses of a registry in the lockfile, paths of somebody's machine, unfinished
 * work, comments that are wider than the code.
 */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A text that is wrong wherever it stands. The patterns are written so that they do not match themselves. */
const FORBIDDEN: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /(?<![\w.~-])\/(?:wor[k]|root|User[s])\/[a-z]\w*\//, reason: 'a path of one machine' },
  { pattern: /(?:\/\/|\*|#)\s+(?:TO[D]O|FIX[M]E|XX[X])\b/, reason: 'unfinished work' },
  { pattern: /\b(?:describe|it|test)\.(?:on[l]y|sk[i]p)\(/, reason: 'a test that is switched off or alone' },
];
/** The formatter leaves comments alone. A single long word, an address for example, cannot be broken. */
const WIDE_COMMENT = /^(?=.{121}) *(?:\/\/|\/?\*+) +\S+ \S+ /;
const WIDE = { pattern: WIDE_COMMENT, reason: 'a comment wider than 120 columns' };
const CODE_FILE = /\.(?:ts|tsx|mjs)$/;
const TEXT_FILE =
  /\.(?:ts|tsx|mjs|js|json|css|html|md|yaml|yml|sh)$|^(?:microclaw|\.ci\/run|\.npmrc|\.gitignore)$/;
const EXCEPTIONS = new Set(['package-lock.json']);

/** The lines of a file that break a rule. */
export function problemsOf(path: string, text: string): readonly string[] {
  const rules = CODE_FILE.test(path) ? [...FORBIDDEN, WIDE] : FORBIDDEN;
  return text
    .split('\n')
    .flatMap((line, index) =>
      rules
        .filter(({ pattern }) => pattern.test(line))
        .map(({ reason }) => `${path}:${index + 1}: ${reason}: ${line.trim().slice(0, 100)}`),
    );
}

/** What breaks the rules in the files that git knows, in words. */
export async function checkHygiene(root: string): Promise<readonly string[]> {
  const problems: string[] = [];
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const path of listed.toString('utf8').split('\0')) {
    if (!TEXT_FILE.test(path) || EXCEPTIONS.has(path)) continue;
    const text = await readText(join(root, path));
    if (text !== undefined) problems.push(...problemsOf(path, text));
  }
  return [...problems, ...lockfileProblems(await readFile(join(root, 'package-lock.json'), 'utf8'))];
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined; // deleted, but not yet in the index
  }
}

/** `npm ci` has to work with any registry, so the lockfile names none. */
export function lockfileProblems(text: string): readonly string[] {
  const found = /"resolved":\s*"(https?:[^"]+)"/.exec(text);
  return found === null ? [] : [`package-lock.json holds a download address: ${found[1]}`];
}
