import { describe, expect, test } from 'vitest';
import {
  callScope,
  callsTo,
  echoTool,
  executorFixture,
  fakeTool,
  recordingObserver,
} from '../../test/support/tool-fixture.ts';
import type { JsonObject } from '../core/json.ts';
import { createRedactor } from '../security/redaction/redactor.ts';
import type { ToolOutcome } from './tool.ts';

describe('results', () => {
  const secret = { key: 'llm.api_key', value: 'sup3r-s3cret-value' };

  test('known secrets are replaced in results, metadata, live output and what is recorded', async () => {
    const leaky = fakeTool('leaky', async (_input, context) => {
      context.progress('sup3r-s3c');
      context.progress('ret-value!');
      return { content: `key=${secret.value}`, metadata: { file_diff: { diff: `+${secret.value}` } } };
    });
    const { executor } = await executorFixture([leaky], { redactor: createRedactor([secret]) });
    const observer = recordingObserver();
    const [result] = await executor.execute(
      [{ toolUseId: 'a', name: 'leaky', input: { text: secret.value } }],
      callScope(),
      observer,
    );
    const everything = JSON.stringify([result, observer.startedCalls, observer.chunks]);
    expect(everything).not.toContain(secret.value);
    expect(result?.content).toBe('key=[REDACTED:llm.api_key]');
    expect(observer.chunks.join('')).toBe('[REDACTED:llm.api_key]!');
  });

  test('a long result is stored whole and shown by its ends, in a parallel wave too', async () => {
    const long = `${'a'.repeat(1500)}${'b'.repeat(8000)}${'c'.repeat(500)}`;
    const { executor, artifacts } = await executorFixture([
      fakeTool('long', async () => ({ content: long })),
    ]);
    const results = await executor.execute(callsTo('long', 'long'), callScope(), recordingObserver());
    expect(artifacts.stored.size).toBe(2);
    for (const result of results) {
      expect(artifacts.stored.get(result.artifactId ?? '')).toMatchObject({
        content: long,
        chatId: 100,
        toolName: 'long',
      });
      expect(result.content.startsWith(`${'a'.repeat(1500)}\n`)).toBe(true);
      expect(result.content.endsWith(`\n${'c'.repeat(500)}`)).toBe(true);
      expect(result.content).toContain(result.artifactId);
      expect(result.content).toContain('8000 of 10000');
      expect(result.bytes).toBe(10_000);
    }
  });

  test('a result is shown whole when it cannot be stored', async () => {
    const long = 'x'.repeat(5000);
    const { call, warnings } = await executorFixture([fakeTool('long', async () => ({ content: long }))], {
      artifacts: {
        save: async () => {
          throw new Error('disk full');
        },
        find: async () => undefined,
      },
    });
    expect((await call('long', {})).content).toBe(long);
    expect(warnings).toEqual(['tool result could not be spilled']);
  });

  test('an AfterToolCall hook changes every result of a wave, and what it adds is redacted', async () => {
    const { executor } = await executorFixture([echoTool], {
      redactor: createRedactor([secret]),
      ports: {
        hooks: {
          before: async ({ input }) => ({ kind: 'proceed', input }),
          after: async () => ({ content: `hooked ${secret.value}` }),
        },
      },
    });
    const results = await executor.execute(callsTo('echo', 'echo'), callScope(), recordingObserver());
    expect(results.map((result) => result.content)).toEqual(Array(2).fill('hooked [REDACTED:llm.api_key]'));
  });

  test('live output is bounded', async () => {
    const chatty = fakeTool('chatty', async (_input, context) => {
      for (let index = 0; index < 100; index += 1) context.progress('0123456789');
      return { content: '' };
    });
    const { executor } = await executorFixture([chatty], { limits: { maxProgressChars: 55 } });
    const observer = recordingObserver();
    await executor.execute(callsTo('chatty'), callScope(), observer);
    const shown = observer.chunks.join('');
    expect(shown.startsWith(`${'0123456789'.repeat(5)}01234\n... `)).toBe(true);
    expect(shown.length).toBeLessThan(150);
  });

  test('output after the answer is dropped', async () => {
    let late = () => {};
    const leaving = fakeTool('leaving', async (_input, context) => {
      late = () => context.progress('late');
      return { content: '' };
    });
    const { executor } = await executorFixture([leaving]);
    const observer = recordingObserver();
    await executor.execute(callsTo('leaving'), callScope(), observer);
    late();
    expect(observer.chunks).toEqual([]);
  });

  test('definitions and catalog are sorted by name and stay the same', async () => {
    const { executor } = await executorFixture([fakeTool('zeta', async () => ({ content: '' })), echoTool]);
    expect(executor.definitions().map((definition) => definition.name)).toEqual(['echo', 'zeta']);
    expect(executor.definitions()).toBe(executor.definitions());
    expect(executor.catalog().map((facts) => facts.name)).toEqual(['echo', 'zeta']);
    expect(executor.describe('nope')).toBeUndefined();
  });
});

test('the summary is one short line without secrets', async () => {
  const wordy = fakeTool('wordy', async () => ({ content: '' }), {
    summarize: () => `first  line\nsecond sup3r-s3cret-value ${'x'.repeat(500)}`,
  });
  const redactor = createRedactor([{ key: 'llm.api_key', value: 'sup3r-s3cret-value' }]);
  const { executor } = await executorFixture([wordy], { redactor });
  const observer = recordingObserver();
  await executor.execute(callsTo('wordy'), callScope(), observer);
  const summary = observer.startedCalls[0]?.summary ?? '';
  expect(summary.startsWith('first line second [REDACTED:llm.api_key] xxx')).toBe(true);
  expect([...summary]).toHaveLength(200);
});

test('a refusal by a rule names it in the metadata, unless a hook declares the call a success', async () => {
  const denied = fakeTool('denied', async () => ({
    content: 'no',
    isError: true,
    errorType: 'path_policy_blocked',
    rule: 'path_guard.outside',
    metadata: { path: 'x' },
  }));
  const plain = await executorFixture([denied]);
  expect(await plain.call('denied', {})).toMatchObject({
    rule: 'path_guard.outside',
    metadata: { path: 'x', policy_rule: 'path_guard.outside' },
  });
  const before = async (call: { input: JsonObject }) => ({ kind: 'proceed', input: call.input }) as const;
  const after = async (_call: unknown, outcome: ToolOutcome) => ({ ...outcome, isError: false });
  const hooked = await executorFixture([denied], { ports: { hooks: { before, after } } });
  const result = await hooked.call('denied', {});
  expect(result.rule).toBeUndefined();
  expect(result.metadata).toEqual({ path: 'x' });
});
