/**
 * `npm run check`: format, lint, types, dead code, arrows between folders, sizes, connections outside the egress
 * client, comparisons of secrets, generated pages. Prints one line per step and the whole output of a step that failed;
 * a warning is a failure.
 */
import { resolve } from 'node:path';
import { checkCredentialComparisons } from './check/credential-comparisons.ts';
import { checkFileSizes } from './check/file-sizes.ts';
import { findForbiddenImports } from './check/forbidden-imports.ts';
import { checkHygiene } from './check/hygiene.ts';
import { checkOutgoingRequests } from './check/outgoing-requests.ts';
import { type CheckTask, findingTask, programTask } from './check/task.ts';

const root = resolve(import.meta.dirname, '..');
/** Steps at the same time; most of them use more than one thread themselves. */
const CONCURRENCY = 2;
const TSC = 'node_modules/typescript/bin/tsc';

const tasks: readonly CheckTask[] = [
  programTask('types', root, TSC, ['-p', 'tsconfig.json']),
  programTask('types of the console', root, TSC, ['-p', 'web/tsconfig.json']),
  programTask('types of the browser tests', root, TSC, ['-p', 'test/browser/tsconfig.json']),
  programTask('format and lint', root, 'node_modules/@biomejs/biome/bin/biome', [
    'ci',
    '--error-on-warnings',
    '.',
  ]),
  programTask('dead code', root, 'node_modules/knip/bin/knip.js', [
    '--no-progress',
    '--treat-config-hints-as-errors',
  ]),
  findingTask('arrows', async () => {
    const { violations, filesRead } = await findForbiddenImports(root, ['src', 'web/src', 'test', 'scripts']);
    if (filesRead === 0) return ['no file was read'];
    return violations.map(({ rule, from, to }) => `${from} -> ${to} (${rule})`);
  }),
  findingTask('file sizes', () => checkFileSizes(root)),
  findingTask('hygiene', () => checkHygiene(root)),
  findingTask('outgoing requests', () => checkOutgoingRequests(root)),
  findingTask('credential comparisons', () => checkCredentialComparisons(root)),
  programTask('generated pages', root, 'scripts/docs.ts', ['--check']),
];

let failures = 0;

async function runTask(task: CheckTask): Promise<void> {
  const startedAt = performance.now();
  const problems = await task.run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (problems !== '') failures += 1;
  console.log(`${problems === '' ? 'ok  ' : 'FAIL'} ${task.name} (${seconds} s)`);
  if (problems !== '') console.log(problems);
}

const queue = [...tasks];
async function worker(): Promise<void> {
  for (let task = queue.shift(); task !== undefined; task = queue.shift()) await runTask(task);
}
await Promise.all(Array.from({ length: CONCURRENCY }, worker));
console.log(
  failures === 0 ? `all ${tasks.length} checks passed` : `${failures} of ${tasks.length} checks failed`,
);
process.exitCode = failures === 0 ? 0 : 1;
