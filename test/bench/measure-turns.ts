/** Turns over SSE: overhead of one session, throughput of sixteen, memory after many, size of the prompt. */
import { setTimeout as delay } from 'node:timers/promises';
import { isRecord, parseJson } from '../../src/core/json.ts';
import { type BenchHome, createBenchHome } from './bench-home.ts';
import { BenchModel } from './bench-model.ts';
import { KILOBYTE, MEGABYTE, type Measure } from './measure.ts';
import type { BaselineFacts } from './measure-baseline.ts';
import { seedEntries } from './seed-entries.ts';
import { ServerProcess } from './server-process.ts';
import { median, percentile } from './statistics.ts';
import { TurnClient } from './turn-client.ts';

/** Turns until the code of a turn is compiled; what users of a new process feel is measured on the first of them. */
const WARM_UP = 1000;
const COLD_TURNS = 200;
const OVERHEAD_TURNS = 300;
const SESSIONS = 16;
const TURNS_PER_ROUND = 2400;
const SHORT_SESSION = 1000;
const LONG_SESSION = 10_000;
/** As long as before the idle memory is read. */
const SETTLE_MS = 10_000;

export interface TurnOptions {
  readonly baseline: BaselineFacts;
  readonly idleRssBytes: number;
  /** 10 000 turns over 500 sessions instead of 2000 over 100. */
  readonly soak: boolean;
}

/** A server with its model and a client that is signed in. */
interface Setup {
  readonly model: BenchModel;
  readonly home: BenchHome;
  server: ServerProcess;
  client: TurnClient;
}

export async function measureTurns(options: TurnOptions): Promise<readonly Measure[]> {
  const model = await BenchModel.start();
  const home = await createBenchHome(model.url);
  const server = await ServerProcess.start(home.start);
  const setup: Setup = { model, home, server, client: await TurnClient.signIn(home.url, server) };
  try {
    const prompt = await measurePrompt(setup);
    const overhead = await measureOverhead(setup, options.baseline);
    const throughput = await measureThroughput(setup, options.baseline);
    const memory = await measureMemory(setup, options);
    return [...overhead, ...throughput, ...memory, ...prompt];
  } finally {
    setup.client.close();
    await setup.server.stop();
    await model.stop();
    await home.dispose();
  }
}

async function measurePrompt({ model, client }: Setup): Promise<readonly Measure[]> {
  model.keepBodies = true;
  await client.turn('prompt', 'hello');
  await client.turn('prompt', 'and again');
  model.keepBodies = false;
  const [first, second] = model.bodies.map(fixedPart);
  if (first === undefined || first !== second)
    throw new Error('the fixed part of the prompt changed between turns');
  return [
    {
      id: 'fixed_prompt_kb',
      title: 'fixed prompt of a fresh chat (system text and tools)',
      value: Buffer.byteLength(first) / KILOBYTE,
      unit: 'KB',
      budget: 16,
      better: 'lower',
    },
  ];
}

/** System messages and tools of a request, as JSON. */
function fixedPart(body: string): string {
  const request = parseJson(body);
  if (!isRecord(request) || !Array.isArray(request.messages))
    throw new Error('not a chat completion request');
  const system = request.messages.filter((message) => isRecord(message) && message.role === 'system');
  return JSON.stringify({ system, tools: request.tools });
}

/** What a turn costs beside the model: of the first turns of the process, and when it is warm. */
async function measureOverhead(setup: Setup, baseline: BaselineFacts): Promise<readonly Measure[]> {
  const cold = await timeTurns(setup, COLD_TURNS);
  for (let index = COLD_TURNS; index < WARM_UP; index += 1) {
    await setup.client.turn('overhead', `warm up ${index}`);
  }
  const { whole, firstToken } = await timeTurns(setup, OVERHEAD_TURNS);
  const common = { unit: 'ms', better: 'lower', reference: baseline.requestMs } as const;
  return [
    {
      ...common,
      id: 'turn_overhead_p50_ms',
      title: 'turn overhead over SSE, p50',
      value: median(whole),
      budget: 5,
    },
    {
      ...common,
      id: 'turn_overhead_p95_ms',
      title: 'turn overhead over SSE, p95',
      value: percentile(whole, 0.95),
      budget: 15,
    },
    {
      ...common,
      id: 'turn_overhead_cold_p50_ms',
      title: `the same, p50 of the first ${COLD_TURNS} turns of the process`,
      value: median(cold.whole),
    },
    {
      ...common,
      id: 'first_token_p50_ms',
      title: 'first token overhead, p50',
      value: median(firstToken),
      budget: 2,
    },
  ];
}

async function timeTurns({ model, client }: Setup, count: number) {
  const whole: number[] = [];
  const firstToken: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const { sentAt, firstDeltaAt, doneAt } = await client.turn('overhead', `message ${index}`);
    const { requestAt, firstByteAt, endAt } = model.timing;
    whole.push(doneAt - sentAt - (endAt - requestAt));
    firstToken.push(firstDeltaAt - firstByteAt);
  }
  return { whole, firstToken };
}

async function measureThroughput(setup: Setup, baseline: BaselineFacts): Promise<readonly Measure[]> {
  await runTurns(setup.client, SESSIONS, SESSIONS, 4 * SESSIONS);
  await growSessions(setup, SHORT_SESSION);
  const short = await runTurns(setup.client, SESSIONS, SESSIONS, TURNS_PER_ROUND);
  await growSessions(setup, LONG_SESSION);
  const long = await runTurns(setup.client, SESSIONS, SESSIONS, TURNS_PER_ROUND);
  const common = {
    unit: 'turns/s',
    better: 'higher',
    budget: 300,
    reference: baseline.requestsPerSecond,
  } as const;
  return [
    { ...common, id: 'turns_per_second_1k', title: '16 sessions of 1 000 entries at once', value: short },
    { ...common, id: 'turns_per_second_10k', title: '16 sessions of 10 000 entries at once', value: long },
    {
      id: 'long_session_slowdown',
      title: '1 000 entries against 10 000 entries',
      value: short / long,
      unit: 'x',
      budget: 1.15,
      better: 'lower',
    },
  ];
}

/** Stops the server, lengthens the sessions, starts it again and warms it up. */
async function growSessions(setup: Setup, entries: number): Promise<void> {
  setup.client.close();
  await setup.server.stop();
  seedEntries(setup.home.databasePath, entries);
  setup.server = await ServerProcess.start(setup.home.start);
  setup.client = await TurnClient.signIn(setup.home.url, setup.server);
  await runTurns(setup.client, SESSIONS, SESSIONS, 10 * SESSIONS);
}

/** Runs turns on `parallel` connections over `sessions` sessions in rotation; returns turns per second. */
async function runTurns(
  client: TurnClient,
  sessions: number,
  parallel: number,
  turns: number,
): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: parallel }, async (_, worker) => {
      // A worker keeps to its own sessions, because turns of one session wait for each other.
      for (let round = 0; next < turns; round += 1) {
        next += 1;
        const session = (worker + round * parallel) % sessions;
        await client.turn(`load-${session}`, `message ${round}`);
      }
    }),
  );
  return turns / ((performance.now() - startedAt) / 1000);
}

async function measureMemory(setup: Setup, { idleRssBytes, soak }: TurnOptions): Promise<readonly Measure[]> {
  const turns = soak ? 10_000 : 2000;
  setup.client.close();
  await setup.server.stop();
  setup.server = await ServerProcess.start(setup.home.start);
  setup.client = await TurnClient.signIn(setup.home.url, setup.server);
  await runTurns(setup.client, soak ? 500 : 100, SESSIONS, turns);
  await delay(SETTLE_MS);
  const growth = setup.server.residentBytes() - idleRssBytes;
  return [
    {
      id: soak ? 'soak_growth_mb' : 'turns_growth_mb',
      title: `resident memory above idle after ${turns} turns`,
      value: growth / MEGABYTE,
      unit: 'MB',
      budget: 40,
      better: 'lower',
    },
  ];
}
