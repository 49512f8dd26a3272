/** What an installation without development dependencies weighs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isRecord } from '../../src/core/json.ts';
import { REPOSITORY } from './bench-home.ts';
import { MEGABYTE, type Measure } from './measure.ts';

const run = promisify(execFile);

/** Size of the unpacked package. It has no dependencies, so this is all that is installed. */
export async function measurePackage(): Promise<readonly Measure[]> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await run('npm', args, { cwd: REPOSITORY, maxBuffer: 16 * MEGABYTE });
  const answer: unknown = JSON.parse(stdout);
  const packed: unknown = Array.isArray(answer)
    ? answer[0]
    : Object.values(isRecord(answer) ? answer : {})[0];
  if (!isRecord(packed) || typeof packed.unpackedSize !== 'number') throw new Error('npm pack tells no size');
  return [
    {
      id: 'package_mb',
      title: 'production install',
      value: packed.unpackedSize / MEGABYTE,
      unit: 'MB',
      budget: 25,
      better: 'lower',
    },
  ];
}
