/**
 * Turns per second of sixteen sessions, short ones and long ones.
 *
 * Both kinds live in one process and take turns within the same seconds: on a shared machine two processes of the same
 * program differ by a fifth for as long as they live, and its speed changes from minute to minute.
 */
import type { Measure } from './measure.ts';
import type { BaselineFacts } from './measure-baseline.ts';
import { seedEntries } from './seed-entries.ts';
import { median } from './statistics.ts';
import { TurnSetup } from './turn-setup.ts';

const SESSIONS = 16;
const SHORT = { prefix: 'short-', entries: 1000 };
const LONG = { prefix: 'long-', entries: 10_000 };
/** Until the code of a turn under load is compiled. */
const WARM_UP_TURNS = 800;
const BLOCKS = 11;
const TURNS_PER_BLOCK = 320;

export async function measureThroughput(baseline: BaselineFacts): Promise<readonly Measure[]> {
  const setup = await TurnSetup.start();
  const run = ({ prefix }: { prefix: string }, turns: number) =>
    setup.runTurns({ prefix, sessions: SESSIONS, parallel: SESSIONS, turns });
  try {
    for (const kind of [SHORT, LONG]) await run(kind, 4 * SESSIONS);
    await setup.restart(({ databasePath }) => {
      for (const { prefix, entries } of [SHORT, LONG]) seedEntries(databasePath, prefix, entries);
    });
    for (const kind of [SHORT, LONG]) await run(kind, WARM_UP_TURNS);
    const blocks: { short: number; long: number }[] = [];
    for (let block = 0; block < BLOCKS; block += 1) {
      blocks.push({ short: await run(SHORT, TURNS_PER_BLOCK), long: await run(LONG, TURNS_PER_BLOCK) });
    }
    return report(blocks, baseline);
  } finally {
    await setup.dispose();
  }
}

function report(
  blocks: readonly { short: number; long: number }[],
  baseline: BaselineFacts,
): readonly Measure[] {
  const common = {
    unit: 'turns/s',
    better: 'higher',
    budget: 300,
    reference: baseline.requestsPerSecond,
  } as const;
  return [
    {
      ...common,
      id: 'turns_per_second_1k',
      title: '16 sessions of 1 000 entries at once',
      value: median(blocks.map(({ short }) => short)),
    },
    {
      ...common,
      id: 'turns_per_second_10k',
      title: '16 sessions of 10 000 entries at once',
      value: median(blocks.map(({ long }) => long)),
    },
    {
      id: 'long_session_slowdown',
      title: '1 000 entries against 10 000 entries',
      value: median(blocks.map(({ short, long }) => short / long)),
      unit: 'x',
      budget: 1.15,
      better: 'lower',
    },
  ];
}
