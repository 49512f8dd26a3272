/** Start, idle memory, and the commands that only print. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createBenchHome, REPOSITORY } from './bench-home.ts';
import { MEGABYTE, type Measure } from './measure.ts';
import { ServerProcess } from './server-process.ts';
import { median } from './statistics.ts';

const run = promisify(execFile);
const START_RUNS = 9;
const COMMAND_RUNS = 15;
const IDLE_MS = 10_000;

/** The first start of each installation creates the database and is not counted. */
export async function measureStart(reference: { readonly startMs: number; readonly rssBytes: number }) {
  const home = await createBenchHome();
  try {
    const starts: number[] = [];
    let rssBytes = 0;
    for (let index = 0; index <= START_RUNS; index += 1) {
      const server = await ServerProcess.start(home.start);
      if (index > 0) starts.push(server.startMs);
      if (index === START_RUNS) {
        await delay(IDLE_MS);
        rssBytes = server.residentBytes();
      }
      await server.stop();
    }
    const measures: Measure[] = [
      {
        id: 'start_ms',
        title: './microclaw start to a healthy answer',
        value: median(starts),
        unit: 'ms',
        budget: 300,
        better: 'lower',
        reference: reference.startMs,
      },
      {
        id: 'idle_rss_mb',
        title: 'resident memory 10 s after the start',
        value: rssBytes / MEGABYTE,
        unit: 'MB',
        budget: 100,
        better: 'lower',
        reference: reference.rssBytes / MEGABYTE,
      },
    ];
    return { measures, idleRssBytes: rssBytes };
  } finally {
    await home.dispose();
  }
}

/** `version` and `--help`. */
export async function measureCommands(bareNodeMs: number): Promise<readonly Measure[]> {
  const measures: Measure[] = [];
  for (const command of ['version', '--help']) {
    const value = await timeCommand(join(REPOSITORY, 'microclaw'), [command]);
    measures.push({
      id: `${command.replace('--', '')}_ms`,
      title: `./microclaw ${command}`,
      value,
      unit: 'ms',
      budget: 80,
      better: 'lower',
      reference: bareNodeMs,
    });
  }
  return measures;
}

/** Median time of a command that ends by itself. */
export async function timeCommand(command: string, args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < COMMAND_RUNS; index += 1) {
    const startedAt = performance.now();
    await run(command, [...args]);
    times.push(performance.now() - startedAt);
  }
  return median(times);
}
