import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  callScope,
  callsTo,
  echoTool,
  executorFixture,
  fakeTool,
  recordingObserver,
} from '../../test/support/tool-fixture.ts';
import type { JsonObject } from '../core/json.ts';
import { refuse, type ToolPorts } from './ports.ts';
import type { ConcurrencyClass, Tool } from './tool.ts';

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
      fakeTool(
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
      callsTo('read_file', 'glob', 'write_file', 'bash'),
      callScope(),
      recordingObserver(),
    );
    expect(journal.slice(0, 2).sort()).toEqual(['+glob', '+read_file']);
    expect(journal.slice(4)).toEqual(['+write_file', '-write_file', '+bash', '-bash']);
    expect(results.map((result) => result.content)).toEqual(['read_file', 'glob', 'write_file', 'bash']);
  });

  test('a read after a write in the same message sees what was written', async () => {
    let value = 'old';
    const write = fakeTool(
      'write',
      async () => {
        value = 'new';
        return { content: 'ok' };
      },
      { concurrency: 'side_effect' },
    );
    const read = fakeTool('read', async () => ({ content: value }));
    const { executor } = await executorFixture([read, write]);
    const results = await executor.execute(
      callsTo('read', 'write', 'read'),
      callScope(),
      recordingObserver(),
    );
    expect(results.map((result) => result.content)).toEqual(['old', 'ok', 'new']);
  });

  test('no more than the configured number of calls run at once', async () => {
    let running = 0;
    let most = 0;
    const slow = fakeTool('slow', async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return { content: '' };
    });
    const { executor } = await executorFixture([slow], { limits: { parallelToolMaxConcurrency: 3 } });
    const results = await executor.execute(
      callsTo(...Array<string>(10).fill('slow')),
      callScope(),
      recordingObserver(),
    );
    expect(results).toHaveLength(10);
    expect(most).toBe(3);
  });

  test('a configured class makes a read-only tool a barrier', async () => {
    const journal: string[] = [];
    const noted = fakeTool('noted', async (_input, { toolUseId }) => {
      journal.push(`+${toolUseId}`);
      await new Promise((resolve) => setImmediate(resolve));
      journal.push(`-${toolUseId}`);
      return { content: '' };
    });
    const { executor } = await executorFixture([noted], {
      limits: { toolConcurrencyOverrides: { ' Noted ': 'exclusive' } },
    });
    await executor.execute(callsTo('noted', 'noted'), callScope(), recordingObserver());
    expect(journal).toEqual(['+noted-0', '-noted-0', '+noted-1', '-noted-1']);
    expect(executor.describe('noted')?.concurrency).toBe('exclusive');
  });

  test('each call is recorded as started before it runs and finished before the next barrier begins', async () => {
    const observer = recordingObserver();
    const journal = observer.journal;
    const act = fakeTool(
      'act',
      async (_input, { toolUseId }) => {
        journal.push(`ran ${toolUseId}`);
        return { content: '' };
      },
      { concurrency: 'side_effect' },
    );
    const { executor } = await executorFixture([act]);
    await executor.execute(callsTo('act', 'act'), callScope(), observer);
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
    const { executor } = await executorFixture([echoTool]);
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
    const { call } = await executorFixture([echoTool]);
    expect(await call('ECHO', { text: 'hi' })).toMatchObject({ name: 'echo', content: 'hi' });
  });

  test('keys that begin with two underscores never reach the tool or the ports', async () => {
    const seen: JsonObject[] = [];
    const spy = {
      ...fakeTool('spy', async (input) => {
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
      planMode: {
        check() {
          order.push('plan mode');
          return { kind: 'proceed' };
        },
      },
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
    const noted = fakeTool('noted', async () => {
      order.push('run');
      return { content: '' };
    });
    const passing = await executorFixture([noted], { ports });
    await passing.call('noted', {});
    expect(order).toEqual(['plan mode', 'policy', 'egress', 'before', 'approval', 'run', 'after', 'audit']);
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
    expect(order).toEqual(['plan mode', 'policy', 'audit']);
  });

  test.each(['policy', 'egress', 'approval'] as const)(
    'a %s check that fails refuses the call',
    async (port) => {
      let ran = false;
      const act = fakeTool('act', async () => {
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
    const { call, warnings } = await executorFixture([echoTool], {
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
    const { call } = await executorFixture([echoTool], {
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
    ...echoTool,
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
      content: expect.stringMatching(
        /^Permission denied: chat 100 cannot operate on chat 200\b.*control_chat_ids/,
      ),
    });
    expect((await call('todo_read', { chat_id: '200' })).content).toContain('Permission denied');
    const control = callScope({ isControlChat: true });
    expect((await call('todo_read', { chat_id: 200 }, control)).content).toBe('{"chat_id":200}');
  });

  test.each(['web', 'Web', 'acp', 'headless'])(
    'a %s chat never operates on another chat, control chat or not',
    async (channel) => {
      const { call } = await executorFixture([todo]);
      const scope = callScope({
        isControlChat: true,
        chat: { chatId: 1, channel, externalId: 'main', kind: 'private' },
      });
      const { content } = await call('todo_read', { chat_id: 2 }, scope);
      expect(content).toContain(`Permission denied: ${channel} chats cannot operate on other chats`);
      expect(content).toContain('no setting lifts it');
      expect((await call('todo_read', { chat_id: 1 }, scope)).isError).toBe(false);
    },
  );
});
