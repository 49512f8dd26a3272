/**
 * `npm run bench [-- --check] [--soak] [--save-baseline]`: measures the budgets on the built program, prints a table
 * and writes `bench-results/latest.json`.
 *
 * `--check` fails when a ratio to the bare server is more than a quarter worse than in `baseline.json`;
 * `--save-baseline` writes that file. Build first, and let nothing else run.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY } from './bench-home.ts';
import { comparable, findRegressions, type Measure, meetsBudget } from './measure.ts';
import { measureBaseline } from './measure-baseline.ts';
import { measurePackage } from './measure-package.ts';
import { measureCommands, measureStart } from './measure-start.ts';
import { measureThroughput } from './measure-throughput.ts';
import { measureTurns } from './measure-turns.ts';

const BASELINE = join(import.meta.dirname, 'baseline.json');
const RESULTS = join(REPOSITORY, 'bench-results');

const { values: flags } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    'save-baseline': { type: 'boolean', default: false },
  },
});

async function measureAll(): Promise<readonly Measure[]> {
  const baseline = await measureBaseline();
  const start = await measureStart(baseline);
  const commands = await measureCommands(baseline.bareNodeMs);
  const { idleRssBytes } = start;
  const turns = await measureTurns({ baseline, idleRssBytes, soak: flags.soak });
  const throughput = await measureThroughput(baseline);
  return [...start.measures, ...commands, ...turns, ...throughput, ...(await measurePackage())];
}

function format(value: number, unit: Measure['unit']): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`;
}

function printTable(measures: readonly Measure[]): void {
  const rows = measures.map((measure) => [
    meetsBudget(measure) ? 'ok' : 'OVER',
    measure.title,
    format(measure.value, measure.unit),
    measure.budget === undefined ? '' : `${measure.better === 'lower' ? '≤' : '≥'} ${measure.budget}`,
    measure.reference === undefined ? '' : `${comparable(measure).toFixed(2)} × bare`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

async function checkAgainstBaseline(measures: readonly Measure[]): Promise<void> {
  const baseline: Record<string, number> = JSON.parse(await readFile(BASELINE, 'utf8'));
  const regressions = findRegressions(measures, baseline);
  for (const regression of regressions) console.error(`worse: ${regression}`);
  if (regressions.length > 0) process.exitCode = 1;
}

const measures = await measureAll();
printTable(measures);
await mkdir(RESULTS, { recursive: true });
const machine = {
  cpus: cpus().length,
  model: cpus()[0]?.model,
  node: process.versions.node,
  platform: process.platform,
};
const report = { at: new Date().toISOString(), machine, measures };
await writeFile(join(RESULTS, 'latest.json'), `${JSON.stringify(report, null, 2)}\n`);
if (flags['save-baseline']) {
  const ratios = Object.fromEntries(
    measures.map((measure) => [measure.id, Number(comparable(measure).toPrecision(4))]),
  );
  await writeFile(BASELINE, `${JSON.stringify(ratios, null, 2)}\n`);
}
if (flags.check) await checkAgainstBaseline(measures);
