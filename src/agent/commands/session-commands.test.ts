import { afterEach, describe, expect, it } from 'vitest';
import { AgentHarness } from '../../../test/support/agent-harness.ts';
import { answerNever } from '../../../test/support/scripted-model.ts';
import { ModelOverrides } from '../model-overrides.ts';
import { sessionCommands } from './session-commands.ts';

let harness: AgentHarness;
afterEach(async () => {
  await harness.dispose();
});

/** The agent with the commands on its own sessions, as the composition root wires them. */
async function start(): Promise<{ readonly cleared: number[] }> {
  const cleared: number[] = [];
  harness = await AgentHarness.create(
    [],
    {},
    {
      commands: (service, { model, repositories }) =>
        sessionCommands({
          model,
          overrides: new ModelOverrides(repositories.meta),
          abortChat: (chatId) => service().abortChat(chatId),
          clearContext: async ({ chat }) => {
            await service().abortChat(chat.chatId);
            await repositories.chats.resetContext(chat.chatId, { messages: true });
          },
          clearMemory: async (chat) => {
            cleared.push(chat.chatId);
          },
          sessionFacts: async () => ({ messages: 3, liveEntries: 2, lastInputTokens: 10 }),
          statusLines: async () => ['Uptime: long'],
        }),
    },
  );
  return { cleared };
}

const say = async (text: string) => {
  const end = await harness.send(text);
  return end.kind === 'done' ? end.response : end;
};

describe('a key without operator.approvals', () => {
  const order = async (text: string, mayApprove?: boolean) => {
    const { runId } = await harness.agent.submit({
      chat: await harness.chat(),
      sessionKey: 'main',
      actor: { kind: 'api_key', id: 'api-key:1' },
      senderName: 'program',
      text,
      ...(mayApprove === undefined ? {} : { mayApprove }),
    });
    const end = await harness.agent.waitForEnd(runId);
    return end.kind === 'done' ? end.response : end.kind;
  };

  it.each(['/clear', '/reset', '/reset memory', '/RESET'])('cannot erase with %s', async (command) => {
    const { cleared } = await start();
    await harness.send('keep this');
    expect(await order(command, false)).toMatch(/needs a credential with the scope operator\.approvals\.$/);
    expect(await harness.transcript()).toContain('keep this');
    expect(cleared).toEqual([]);
    expect(await order('/stop', false)).toBe('No active run in this chat.');
  });

  it.each([true, undefined])('with the scope, or of people in a chat (%s), it can', async (mayApprove) => {
    await start();
    await harness.send('forget this');
    expect(await order('/clear', mayApprove)).toContain('Context cleared');
    expect(await harness.transcript()).not.toContain('forget this');
  });
});

describe('/stop', () => {
  it('says so when nothing runs', async () => {
    await start();
    expect(await say('/stop')).toBe('No active run in this chat.');
  });

  it('stops the running request and what waits, without waiting behind them', async () => {
    await start();
    harness.model.enqueue(answerNever());
    const running = await harness.submit('one');
    await harness.until(running, 'iteration');
    const waiting = await harness.submit('two');
    expect(await say('/stop')).toBe('Stopping current run (2 active).');
    for (const runId of [running, waiting]) {
      expect((await harness.agent.waitForEnd(runId)).kind).toBe('aborted');
    }
  });
});

describe('/reset and /clear', () => {
  it('empty the session, also while a turn is running', async () => {
    await start();
    await harness.send('remember the needle');
    harness.model.enqueue(answerNever('half an answer'));
    const running = await harness.submit('and this');
    await harness.until(running, 'delta');
    expect(await say('/reset')).toBe('Context cleared (session + chat history).');
    expect((await harness.agent.waitForEnd(running)).kind).toBe('aborted');
    await harness.send('what do you know?');
    expect(harness.model.lastRequestText()).not.toMatch(/needle|half an answer|and this/);
  });

  it('keep their answers apart', async () => {
    const { cleared } = await start();
    expect(await say('/clear')).toBe('Context cleared (session + chat history, scheduled tasks kept).');
    expect(await say('/reset everything')).toBe('Usage: /reset or /reset memory');
    expect(cleared).toEqual([]);
    expect(await say('/reset memory')).toBe('Memory cleared for this chat.');
    expect(cleared).toEqual([(await harness.chat()).chatId]);
  });
});

describe('/status and /start', () => {
  it('tell about channel, model and session', async () => {
    await start();
    expect(await say('/status')).toBe(
      [
        'Status',
        'Channel: web',
        'Provider: scripted',
        'Model: script',
        'Thinking: off',
        'Session: main – 3 messages, 2 in context, 10 tokens at the last request',
        'Provider health: ok, 0 consecutive failures, 0 fallbacks',
        'Uptime: long',
      ].join('\n'),
    );
    expect(await say('/start')).toBe('Hello MicroClaw :) Your ID: ann');
  });
});

describe('the run of a command', () => {
  it('reaches no model and leaves only its answer in the transcript', async () => {
    await start();
    const end = await harness.send('/start');
    expect(harness.model.requests).toEqual([]);
    expect(await harness.transcript()).toEqual(['Hello MicroClaw :) Your ID: ann']);
    expect(await harness.repositories.turns.find(end.runId)).toMatchObject({
      state: 'done',
      lastEventSeq: end.seq,
    });
  });

  it('that fails is recorded, and hides what it does not know', async () => {
    const broken = {
      name: 'broken',
      usage: '/broken',
      summary: 'fails',
      level: 'everyone',
      run: async () => {
        throw new TypeError('secret detail');
      },
    } as const;
    harness = await AgentHarness.create([], {}, { commands: () => [broken] });
    const end = await harness.send('/broken');
    expect(end).toMatchObject({ kind: 'error', code: 'MC_AGENT_INTERNAL' });
    expect(JSON.stringify(end)).not.toContain('secret detail');
    expect(await harness.transcript()).toEqual([expect.stringMatching(/^Error: Something went wrong/)]);
    await harness.restart();
    expect(await harness.agent.find(end.runId)).toMatchObject({ state: 'error' });
  });
});
