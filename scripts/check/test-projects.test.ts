/** Every test file of the repository belongs to a project, so that `npm test` runs it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { matchesGlob } from 'node:path/posix';
import { expect, it } from 'vitest';
import config from '../../vitest.config.ts';

const ROOT = join(import.meta.dirname, '../..');

it('no test file is left out of the projects', () => {
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.test.ts'], { cwd: ROOT });
  const files = String(tracked).trim().split('\n');
  const patterns = (config.test?.projects ?? []).flatMap((project) =>
    typeof project === 'object' && 'test' in project ? (project.test?.include ?? []) : [],
  );
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => !patterns.some((pattern) => matchesGlob(file, pattern)))).toEqual([]);
});
