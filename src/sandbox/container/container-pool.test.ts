import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/support/tool-fixture.ts';
import type { Clock } from '../../core/clock.ts';
import type { CliAnswer, ContainerCli } from './container-cli.ts';
import { ContainerPool } from './container-pool.ts';

const MINUTE = 60_000;
const SPEC = { name: 'box', configHash: 'h1', runArguments: ['run', 'image', 'infinity'] };

/** An engine that keeps a set of running containers, and time that moves when told. */
async function fixture() {
  const calls: string[] = [];
  let isRunning = false;
  let now = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const cli: ContainerCli = {
    engine: 'docker',
    locate: async () => '/bin/docker',
    processSpec: () => {
      throw new Error('not used');
    },
    async call(args): Promise<CliAnswer> {
      calls.push(args.join(' '));
      if (args[0] === 'run') isRunning = true;
      if (args[0] === 'rm') isRunning = false;
      if (args[0] === 'container') {
        return isRunning
          ? { exitCode: 0, stdout: 'true h1', stderr: '' }
          : { exitCode: 1, stdout: '', stderr: 'No such container' };
      }
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  };
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push({ at: now + ms, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  const pool = new ContainerPool({
    cli,
    owner: () => 'me',
    stateDir: await temporaryDirectory(),
    clock,
    log: { warn: () => {} },
    idleMs: 30 * MINUTE,
    reapEveryMs: MINUTE,
  });
  const advance = async (ms: number) => {
    now += ms;
    for (const sleeper of sleepers.splice(0)) sleeper.wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { pool, calls, advance, removals: () => calls.filter((call) => call.startsWith('rm')).length };
}

describe('a container that nobody uses', () => {
  test('is removed after a while and started again for the next command', async () => {
    const { pool, calls, advance, removals } = await fixture();
    await pool.use(SPEC, async () => 1);
    await advance(29 * MINUTE);
    expect(removals()).toBe(0);
    await advance(2 * MINUTE);
    expect(calls.at(-1)).toBe('rm --force --volumes box');
    await pool.use(SPEC, async () => 2);
    expect(calls.filter((call) => call.startsWith('run'))).toHaveLength(2);
    await pool.close();
  });

  test('is not removed while a command runs in it, however long that takes', async () => {
    const { pool, advance, removals } = await fixture();
    const finish = Promise.withResolvers<number>();
    const started = Promise.withResolvers<void>();
    const use = pool.use(SPEC, () => {
      started.resolve();
      return finish.promise;
    });
    await started.promise;
    await advance(120 * MINUTE);
    expect(removals()).toBe(0);
    finish.resolve(1);
    expect(await use).toBe(1);
    await pool.close();
    expect(removals()).toBe(1);
  });

  test('a pool that never ran anything calls no engine when it closes', async () => {
    const { pool, calls } = await fixture();
    await pool.close();
    expect(calls).toEqual([]);
  });
});
