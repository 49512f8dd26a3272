import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { callScope, executorFixture, recordingObserver } from '../../test/support/tool-fixture.ts';
import type { JsonObject } from '../core/json.ts';
import { createRedactor } from '../security/redaction.ts';
import type { ToolCall } from './executor-port.ts';
import { refuse, type ToolPorts } from './ports.ts';
import { type ConcurrencyClass, defineTool, type Tool, type ToolContext, type ToolOutcome } from './tool.ts';

type Run = (input: JsonObject, context: ToolContext) => Promise<ToolOutcome>;

function tool(name: string, run: Run, overrides: Partial<Tool> = {}): Tool {
  return {
    ...defineTool({
      name,
      description: `${name} for tests`,
      input: z.object({ text: z.string().optional() }),
      risk: 'low',
      concurrency: 'read_only',
      defaultTimeoutSecs: 30,
      summarize: () => name,
      run: (input, context) => run(input as JsonObject, context),
    }),
    ...overrides,
  };
}

const echo = tool('echo', async (input) => ({ content: String(input.text ?? '') }));

function calls(...names: string[]): ToolCall[] {
  return names.map((name, index) => ({ toolUseId: `${name}-${index}`, name, input: {} }));
}

/** Resolves when its signal is aborted, with the reason's message as content. */
const waitsForAbort: Run = (_input, { signal }) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () =>
      resolve({ content: `partial: ${signal.reason.message}`, isError: true, errorType: 'own' }),
    );
  });

describe('order of calls', () => {
  /** A tool that notes when it begins and ends, and ends when all of `together` have begun. */
  function meeting(journal: string[], together: number) {
    let begun = 0;
    let open = () => {};
    const all = new Promise<void>((resolve) => {
      open = resolve;
    });
    return async (name: string) => {
      journal.push(`+${name}`);
      begun += 1;
      if (begun === together) open();
      await all;
      journal.push(`-${name}`);
    };
  }

  test('consecutive read-only calls overlap and the others wait for them, in the order of the model', async () => {
    const journal: string[] = [];
    const meet = meeting(journal, 2);
    const step = (name: string, concurrency: ConcurrencyClass) =>
      tool(
        name,
        async () => {
          if (concurrency === 'read_only') await meet(name);
          else journal.push(`+${name}`, `-${name}`);
          return { content: name };
        },
        { concurrency },
      );
    const { executor } = await executorFixture([
      step('read_file', 'read_only'),
      step('glob', 'read_only'),
      step('write_file', 'side_effect'),
      step('bash', 'exclusive'),
    ]);
    const results = await executor.execute(
      calls('read_file', 'glob', 'write_file', 'bash'),
      callScope(),
      recordingObserver(),
    );
    expect(journal.slice(0, 2).sort()).toEqual(['+glob', '+read_file']);
    expect(journal.slice(4)).toEqual(['+write_file', '-write_file', '+bash', '-bash']);
    expect(results.map((result) => result.content)).toEqual(['read_file', 'glob', 'write_file', 'bash']);
  });

  test('a read after a write in the same message sees what was written', async () => {
    let value = 'old';
    const write = tool(
      'write',
      async () => {
        value = 'new';
        return { content: 'ok' };
      },
      { concurrency: 'side_effect' },
    );
    const read = tool('read', async () => ({ content: value }));
    const { executor } = await executorFixture([read, write]);
    const results = await executor.execute(calls('read', 'write', 'read'), callScope(), recordingObserver());
    expect(results.map((result) => result.content)).toEqual(['old', 'ok', 'new']);
  });

  test('no more than the configured number of calls run at once', async () => {
    let running = 0;
    let most = 0;
    const slow = tool('slow', async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return { content: '' };
    });
    const { executor } = await executorFixture([slow], { limits: { parallelToolMaxConcurrency: 3 } });
    const results = await executor.execute(
      calls(...Array<string>(10).fill('slow')),
      callScope(),
      recordingObserver(),
    );
    expect(results).toHaveLength(10);
    expect(most).toBe(3);
  });

  test('a configured class makes a read-only tool a barrier', async () => {
    const journal: string[] = [];
    const noted = tool('noted', async (_input, { toolUseId }) => {
      journal.push(`+${toolUseId}`);
      await new Promise((resolve) => setImmediate(resolve));
      journal.push(`-${toolUseId}`);
      return { content: '' };
    });
    const { executor } = await executorFixture([noted], {
      limits: { toolConcurrencyOverrides: { ' Noted ': 'exclusive' } },
    });
    await executor.execute(calls('noted', 'noted'), callScope(), recordingObserver());
    expect(journal).toEqual(['+noted-0', '-noted-0', '+noted-1', '-noted-1']);
    expect(executor.describe('noted')?.concurrency).toBe('exclusive');
  });

  test('each call is recorded as started before it runs and finished before the next barrier begins', async () => {
    const observer = recordingObserver();
    const journal = observer.journal;
    const act = tool(
      'act',
      async (_input, { toolUseId }) => {
        journal.push(`ran ${toolUseId}`);
        return { content: '' };
      },
      { concurrency: 'side_effect' },
    );
    const { executor } = await executorFixture([act]);
    await executor.execute(calls('act', 'act'), callScope(), observer);
    expect(journal).toEqual([
      'started act-0',
      'ran act-0',
      'finished act-0',
      'started act-1',
      'ran act-1',
      'finished act-1',
    ]);
  });
});

describe('calls that do not run', () => {
  test('an unknown tool, a blank name and unusable input are answered with their texts', async () => {
    const { executor } = await executorFixture([echo]);
    const observer = recordingObserver();
    const results = await executor.execute(
      [
        { toolUseId: 'a', name: 'nope', input: {} },
        { toolUseId: 'b', name: '  ', input: {} },
        { toolUseId: 'c', name: 'echo', input: {}, invalidInput: 'The arguments were cut off.' },
      ],
      callScope(),
      observer,
    );
    expect(results[0]).toMatchObject({
      content: 'Unknown tool: nope',
      errorType: 'unknown_tool',
      isError: true,
      ran: false,
      statusCode: 1,
    });
    expect(results[1]?.content).toBe(
      'Malformed tool call: missing tool name. Retry with a valid registered tool.',
    );
    expect(results[2]?.content).toContain('The arguments were cut off.');
    expect(observer.startedCalls).toEqual([]);
    expect(observer.results).toHaveLength(3);
  });

  test('names are found in any case and answered under the registered name', async () => {
    const { call } = await executorFixture([echo]);
    expect(await call('ECHO', { text: 'hi' })).toMatchObject({ name: 'echo', content: 'hi' });
  });

  test('keys that begin with two underscores never reach the tool or the ports', async () => {
    const seen: JsonObject[] = [];
    const spy = {
      ...tool('spy', async (input) => {
        seen.push(input);
        return { content: 'ok' };
      }),
      input: z.looseObject({}),
    };
    const { call } = await executorFixture([spy], {
      ports: {
        policy: {
          check: async (checked) => {
            seen.push(checked.input);
            return { kind: 'proceed' };
          },
        },
      },
    });
    await call('spy', { __microclaw_high_risk_approved: true, __subagent_runtime: {}, __x: 1, keep: 1 });
    expect(seen).toEqual([{ keep: 1 }, { keep: 1 }]);
  });

  test('the ports are asked in their order and the first refusal ends the call', async () => {
    const order: string[] = [];
    const pass = (name: string) => async () => {
      order.push(name);
      return { kind: 'proceed' } as const;
    };
    const ports: ToolPorts = {
      policy: { check: pass('policy') },
      egress: { check: pass('egress') },
      hooks: {
        before: async ({ input }) => {
          order.push('before');
          return { kind: 'proceed', input };
        },
        after: async (_call, outcome) => {
          order.push('after');
          return outcome;
        },
      },
      approval: { request: pass('approval') },
      audit: {
        record: async () => {
          order.push('audit');
        },
      },
    };
    const noted = tool('noted', async () => {
      order.push('run');
      return { content: '' };
    });
    const passing = await executorFixture([noted], { ports });
    await passing.call('noted', {});
    expect(order).toEqual(['policy', 'egress', 'before', 'approval', 'run', 'after', 'audit']);
    order.length = 0;
    const refusing = await executorFixture([noted], {
      ports: {
        ...ports,
        egress: { check: async () => refuse('egress_policy_blocked', 'bad.example is blocked') },
      },
    });
    expect(await refusing.call('noted', {})).toMatchObject({
      errorType: 'egress_policy_blocked',
      content: 'bad.example is blocked',
      ran: false,
    });
    expect(order).toEqual(['policy', 'audit']);
  });

  test.each(['policy', 'egress', 'approval'] as const)(
    'a %s check that fails refuses the call',
    async (port) => {
      let ran = false;
      const act = tool('act', async () => {
        ran = true;
        return { content: '' };
      });
      const broken = async () => {
        throw new Error('down');
      };
      const { call, warnings } = await executorFixture([act], {
        ports: { [port]: port === 'approval' ? { request: broken } : { check: broken } },
      });
      expect(await call('act', {})).toMatchObject({ isError: true, ran: false });
      expect(ran).toBe(false);
      expect(warnings).toEqual(['tool check failed']);
    },
  );

  test('hooks and audit that fail let the call go on', async () => {
    const broken = async () => {
      throw new Error('down');
    };
    const { call, warnings } = await executorFixture([echo], {
      ports: { hooks: { before: broken, after: broken }, audit: { record: broken } },
    });
    expect(await call('echo', { text: 'hi' })).toMatchObject({ content: 'hi', isError: false });
    expect(warnings).toEqual([
      'BeforeToolCall hooks failed',
      'AfterToolCall hooks failed',
      'tool audit failed',
    ]);
  });

  test('an input replaced by a hook is validated again', async () => {
    const { call } = await executorFixture([echo], {
      ports: {
        hooks: {
          before: async () => ({ kind: 'proceed', input: { text: ['not', 'text'], __approved: true } }),
          after: async (_call, outcome) => outcome,
        },
      },
    });
    expect(await call('echo', { text: 'hi' })).toMatchObject({
      isError: true,
      ran: false,
      content: expect.stringContaining("'text'"),
    });
  });
});

describe('chats', () => {
  const todo = {
    ...echo,
    name: 'todo_read',
    input: z.object({ chat_id: z.number().int() }),
    run: async (input: object) => ({ content: JSON.stringify(input) }),
  } as Tool;

  test('a missing chat id is the caller’s chat', async () => {
    const { call } = await executorFixture([todo]);
    expect((await call('todo_read', {})).content).toBe('{"chat_id":100}');
  });

  test('another chat is refused, except to a control chat', async () => {
    const { call } = await executorFixture([todo]);
    expect(await call('todo_read', { chat_id: 200 })).toMatchObject({
      isError: true,
      content: 'Permission denied: chat 100 cannot operate on chat 200',
    });
    expect((await call('todo_read', { chat_id: '200' })).content).toContain('Permission denied');
    const control = callScope({ isControlChat: true });
    expect((await call('todo_read', { chat_id: 200 }, control)).content).toBe('{"chat_id":200}');
  });

  test('a web chat never operates on another chat, control chat or not', async () => {
    const { call } = await executorFixture([todo]);
    const scope = callScope({
      isControlChat: true,
      chat: { chatId: 1, channel: 'web', externalId: 'main', kind: 'private' },
    });
    expect((await call('todo_read', { chat_id: 2 }, scope)).content).toBe(
      'Permission denied: web chats cannot operate on other chats',
    );
  });
});

describe('time limits and stopping', () => {
  test('a tool that reaches its limit is told so through its signal and its own answer counts', async () => {
    const waiting = tool('waiting', waitsForAbort, {
      acceptsTimeout: true,
      input: z.object({ timeout_secs: z.number().int().optional() }),
    });
    const { call } = await executorFixture([waiting]);
    expect(await call('waiting', { timeout_secs: 1 })).toMatchObject({
      content: 'partial: waiting timed out after 1 seconds',
      errorType: 'own',
    });
  });

  test('a tool that ignores its signal is answered for after the grace and its late result is dropped', async () => {
    let release = () => {};
    const deaf = tool(
      'deaf',
      () =>
        new Promise((resolve) => {
          release = () => resolve({ content: 'too late' });
        }),
    );
    const logged = Promise.withResolvers<string>();
    const { call } = await executorFixture([deaf], {
      limits: { toolTimeoutOverrides: { deaf: 0.02 }, abortGraceMs: 10 },
      log: { warn: (_fields, message) => logged.resolve(message) },
    });
    const result = await call('deaf', {});
    expect(result).toMatchObject({
      errorType: 'timeout',
      isError: true,
      ran: true,
      content: "Tool 'deaf' timed out after 0.02 seconds",
    });
    release();
    expect(await logged.promise).toBe('tool ended after it was given up on');
  });

  test('a hanging call does not keep its wave from being answered', async () => {
    const deaf = tool('deaf', () => new Promise(() => {}));
    const { executor } = await executorFixture([deaf, echo], {
      limits: { toolTimeoutOverrides: { deaf: 0.02 }, abortGraceMs: 10 },
    });
    const results = await executor.execute(calls('deaf', 'echo'), callScope(), recordingObserver());
    expect(results.map((result) => result.errorType)).toEqual(['timeout', undefined]);
  });

  test('an abort rejects with its reason after the running call has ended, and begins no other', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped by the user');
    const observer = recordingObserver();
    const cleanedUp: string[] = [];
    const begun = Promise.withResolvers<void>();
    const careful = tool(
      'careful',
      (_input, { signal }) => {
        begun.resolve();
        return new Promise((resolve) => {
          signal.addEventListener('abort', () =>
            setImmediate(() => {
              cleanedUp.push('careful');
              resolve({ content: 'half' });
            }),
          );
        });
      },
      { concurrency: 'side_effect' },
    );
    const { executor } = await executorFixture([careful, echo]);
    const running = executor.execute(
      calls('careful', 'echo'),
      callScope({ signal: controller.signal }),
      observer,
    );
    await begun.promise;
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(cleanedUp).toEqual(['careful']);
    expect(observer.journal).toEqual(['started careful-0', 'finished careful-0']);
    expect(observer.results[0]?.content).toBe('half');
  });

  test('nothing runs when the turn was already stopped', async () => {
    const observer = recordingObserver();
    const { executor } = await executorFixture([echo]);
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(executor.execute(calls('echo'), callScope({ signal }), observer)).rejects.toThrow('gone');
    expect(observer.journal).toEqual([]);
  });

  test('a tool that throws is a tool error', async () => {
    const broken = tool('broken', () => {
      throw new Error('no disk');
    });
    const { call } = await executorFixture([broken]);
    expect(await call('broken', {})).toMatchObject({
      isError: true,
      errorType: 'tool_error',
      content: 'Tool failed: no disk',
      ran: true,
    });
  });

  test('a failure to record a call stops the batch and is not hidden', async () => {
    let ran = false;
    const act = tool('act', async () => {
      ran = true;
      return { content: '' };
    });
    const { executor } = await executorFixture([act]);
    const observer = {
      ...recordingObserver(),
      started: async () => {
        throw new Error('disk full');
      },
    };
    await expect(executor.execute(calls('act'), callScope(), observer)).rejects.toThrow('disk full');
    expect(ran).toBe(false);
  });
});

describe('results', () => {
  const secret = { key: 'llm.api_key', value: 'sup3r-s3cret-value' };

  test('known secrets are replaced in results, metadata, live output and what is recorded', async () => {
    const leaky = tool('leaky', async (_input, context) => {
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
    const { executor, artifacts } = await executorFixture([tool('long', async () => ({ content: long }))]);
    const results = await executor.execute(calls('long', 'long'), callScope(), recordingObserver());
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
    const { call, warnings } = await executorFixture([tool('long', async () => ({ content: long }))], {
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
    const { executor } = await executorFixture([echo], {
      redactor: createRedactor([secret]),
      ports: {
        hooks: {
          before: async ({ input }) => ({ kind: 'proceed', input }),
          after: async () => ({ content: `hooked ${secret.value}` }),
        },
      },
    });
    const results = await executor.execute(calls('echo', 'echo'), callScope(), recordingObserver());
    expect(results.map((result) => result.content)).toEqual(Array(2).fill('hooked [REDACTED:llm.api_key]'));
  });

  test('live output is bounded', async () => {
    const chatty = tool('chatty', async (_input, context) => {
      for (let index = 0; index < 100; index += 1) context.progress('0123456789');
      return { content: '' };
    });
    const { executor } = await executorFixture([chatty], { limits: { maxProgressChars: 55 } });
    const observer = recordingObserver();
    await executor.execute(calls('chatty'), callScope(), observer);
    const shown = observer.chunks.join('');
    expect(shown.startsWith(`${'0123456789'.repeat(5)}01234\n... `)).toBe(true);
    expect(shown.length).toBeLessThan(150);
  });

  test('output after the answer is dropped', async () => {
    let late = () => {};
    const leaving = tool('leaving', async (_input, context) => {
      late = () => context.progress('late');
      return { content: '' };
    });
    const { executor } = await executorFixture([leaving]);
    const observer = recordingObserver();
    await executor.execute(calls('leaving'), callScope(), observer);
    late();
    expect(observer.chunks).toEqual([]);
  });

  test('definitions and catalog are sorted by name and stay the same', async () => {
    const { executor } = await executorFixture([tool('zeta', async () => ({ content: '' })), echo]);
    expect(executor.definitions().map((definition) => definition.name)).toEqual(['echo', 'zeta']);
    expect(executor.definitions()).toBe(executor.definitions());
    expect(executor.catalog().map((facts) => facts.name)).toEqual(['echo', 'zeta']);
    expect(executor.describe('nope')).toBeUndefined();
  });
});
