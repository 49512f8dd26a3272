/** Keys that once carried context inside a tool's input: whoever sends one gains nothing by it. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../src/core/json.ts';
import { executorFixture, fakeTool } from '../support/tool-fixture.ts';

const KEYS = [
  '__microclaw_auth',
  '__microclaw_high_risk_approved',
  '__microclaw_original_input',
  '__subagent_runtime',
  '__microclaw_',
  '__microclaw_anything',
  '__proto__',
  '__',
  '__x',
];

/** What a tool that takes every key gets to see. */
async function inputAsRun(input: JsonObject): Promise<JsonObject> {
  let seen: JsonObject = {};
  const tool = fakeTool(
    'echo',
    async (received) => {
      seen = received;
      return { content: 'ok' };
    },
    { input: z.looseObject({ text: z.string() }) },
  );
  const { call } = await executorFixture([tool]);
  expect((await call('echo', input)).isError).toBe(false);
  return seen;
}

describe.each(KEYS)('%s', (key) => {
  it.each([true, 'x', { caller_chat_id: 900, principal: 'main', control_chat_ids: [1] }, ['main'], null])(
    'with %j does not reach the tool',
    async (value) => {
      const input = Object.fromEntries([
        ['text', 'hello'],
        [key, value],
      ]);
      const seen = await inputAsRun(input);
      expect(Object.keys(seen)).toEqual(['text']);
      expect(Object.getPrototypeOf(seen)).toBe(Object.prototype);
    },
  );
});

it('a key without the reserved beginning does reach it', async () => {
  expect(await inputAsRun({ text: 'hello', other: 1 })).toEqual({ text: 'hello', other: 1 });
});
