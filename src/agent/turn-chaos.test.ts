/**
 * Everything at once: requests, stops, planned restarts and kills in random order. Whatever the order, nothing accepted
 * is lost, no effect happens twice, and the model never gets a conversation that a provider would refuse.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AgentHarness, testTool } from '../../test/support/agent-harness.ts';
import { answerText, type ModelAnswer, response } from '../../test/support/scripted-model.ts';
import type { Message } from '../llm/message.ts';

type Step =
  | { readonly kind: 'submit'; readonly chat: number; readonly tools: boolean }
  | { readonly kind: 'abort'; readonly pick: number }
  | { readonly kind: 'reset'; readonly chat: number }
  | { readonly kind: 'restart' | 'crash' }
  | { readonly kind: 'yield'; readonly ticks: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('submit' as const), chat: fc.nat(2), tools: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('abort' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), chat: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'crash' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('yield' as const), ticks: fc.nat(30) }) },
);

async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

function assertAcceptable(messages: readonly Message[]): void {
  expect(messages[0]?.role).toBe('user');
  messages.forEach((message, index) => {
    expect(message.content.length).toBeGreaterThan(0);
    expect(message.role).not.toBe(messages[index - 1]?.role);
    const called = (messages[index - 1]?.content ?? []).flatMap((block) =>
      block.type === 'tool_use' ? [block.id] : [],
    );
    const answered = message.content.flatMap((block) =>
      block.type === 'tool_result' ? [block.tool_use_id] : [],
    );
    expect(answered).toEqual(called);
  });
}

/** Calls tools once for a request that asks for them, then answers. */
const model: ModelAnswer = async (request, onEvent, signal) => {
  assertAcceptable(request.messages);
  await ticks(3);
  signal.throwIfAborted();
  const text = JSON.stringify(request.messages.at(-1));
  const asked = /tools for (\d+-\d+)/.exec(text)?.[1];
  if (asked === undefined || text.includes('tool_result')) return answerText('ok')(request, onEvent, signal);
  return response(
    ['look', 'act', 'act'].map((name, index) => ({
      type: 'tool_use',
      id: `${asked}-${index}`,
      name,
      input: { value: `${asked}-${index}` },
    })),
    'tool_use',
  );
};

interface World {
  readonly harness: AgentHarness;
  readonly effects: Map<string, number>;
  readonly accepted: string[];
}

async function createWorld(): Promise<World> {
  const effects = new Map<string, number>();
  const act = testTool('act', async (value) => {
    effects.set(value, (effects.get(value) ?? 0) + 1);
    await ticks(2);
    return { content: `did ${value}` };
  });
  const look = testTool('look', async (value) => ({ content: `saw ${value}` }), { concurrency: 'read_only' });
  const harness = await AgentHarness.create([act, look], {
    maxConcurrentTurns: 2,
    maxSessionMessages: 8,
    compactKeepRecent: 4,
    maxResumes: 100,
  });
  harness.model.fallback = model;
  return { harness, effects, accepted: [] };
}

async function perform({ harness, accepted }: World, action: Step, index: number): Promise<void> {
  switch (action.kind) {
    case 'submit': {
      const text = action.tools ? `tools for ${index}-0` : `talk ${index}`;
      const runId = await harness.submit(text, `chat ${action.chat}`).catch(() => undefined); // the queue may be full
      if (runId !== undefined) accepted.push(runId);
      return;
    }
    case 'abort': {
      const runId = accepted[action.pick % Math.max(1, accepted.length)];
      if (runId !== undefined) await harness.agent.abortRun(runId);
      return;
    }
    case 'reset': {
      const chat = await harness.chat(`chat ${action.chat}`);
      await harness.repositories.chats.resetContext(chat.chatId, { messages: true });
      return;
    }
    case 'restart':
      return harness.restart();
    case 'crash':
      return harness.crash();
    case 'yield':
      return ticks(action.ticks);
    default:
      action satisfies never;
  }
}

it('nothing accepted is lost and no effect happens twice, whatever happens in between', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const world = await createWorld();
      const { harness, accepted, effects } = world;
      try {
        for (const [index, action] of steps.entries()) await perform(world, action, index);
        const limit = AbortSignal.timeout(20_000);
        for (const runId of accepted) {
          const end = await harness.agent.waitForEnd(runId, limit);
          expect(['done', 'aborted', 'error']).toContain(end.kind);
          expect(end.kind === 'error' ? end.code : undefined).toBeUndefined();
          expect(await harness.repositories.turns.find(runId)).toMatchObject({ state: end.kind });
        }
        for (const [effect, times] of effects) expect([effect, times]).toEqual([effect, 1]);
        expect(await harness.repositories.turns.listRunning()).toEqual([]);
        expect(await harness.repositories.inbox.listQueued()).toEqual([]);
        expect(harness.agent.activeChatIds()).toEqual([]);
      } finally {
        await harness.dispose();
      }
    }),
    { numRuns: 25 },
  );
});
