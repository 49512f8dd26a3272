/** Turns over SSE: overhead of one session, memory after many, size of the prompt. */
import { setTimeout as delay } from 'node:timers/promises';
import { isRecord, parseJson } from '../../src/core/json.ts';
import { KILOBYTE, MEGABYTE, type Measure } from './measure.ts';
import type { BaselineFacts } from './measure-baseline.ts';
import { median, percentile } from './statistics.ts';
import { TurnSetup } from './turn-setup.ts';

/** Turns until the code of a turn is compiled; what users of a new process feel is measured on the first of them. */
const WARM_UP = 1000;
const COLD_TURNS = 200;
const OVERHEAD_TURNS = 300;
const PARALLEL = 16;
/** As long as before the idle memory is read. */
const SETTLE_MS = 10_000;

export interface TurnOptions {
  readonly baseline: BaselineFacts;
  readonly idleRssBytes: number;
  /** 10 000 turns over 500 sessions instead of 2000 over 100. */
  readonly soak: boolean;
}

export async function measureTurns(options: TurnOptions): Promise<readonly Measure[]> {
  const setup = await TurnSetup.start();
  try {
    const prompt = await measurePrompt(setup);
    const overhead = await measureOverhead(setup, options.baseline);
    const memory = await measureMemory(setup, options);
    return [...overhead, ...memory, ...prompt];
  } finally {
    await setup.dispose();
  }
}

async function measurePrompt({ model, client }: TurnSetup): Promise<readonly Measure[]> {
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
async function measureOverhead(setup: TurnSetup, baseline: BaselineFacts): Promise<readonly Measure[]> {
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

async function timeTurns({ model, client }: TurnSetup, count: number) {
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

async function measureMemory(
  setup: TurnSetup,
  { idleRssBytes, soak }: TurnOptions,
): Promise<readonly Measure[]> {
  const turns = soak ? 10_000 : 2000;
  await setup.restart();
  await setup.runTurns({ prefix: 'load-', sessions: soak ? 500 : 100, parallel: PARALLEL, turns });
  await delay(SETTLE_MS);
  const growth = setup.residentBytes() - idleRssBytes;
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
