import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentHarness, testTool } from '../../../test/support/agent-harness.ts';
import { answerText, type ModelAnswer, response } from '../../../test/support/scripted-model.ts';
import { llmErrors } from '../../llm/errors.ts';
import type { ContentBlock } from '../../llm/message.ts';
import type { ModelRequest } from '../../llm/model-port.ts';

let harness: AgentHarness;
afterEach(async () => {
  await harness.dispose();
});

const size = (request: ModelRequest) => JSON.stringify(request.messages).length;

/** A model with a window of that many characters; summaries always fit. */
function smallModel(maxCharacters: number, answer: ModelAnswer = answerText('ok')): ModelAnswer {
  return async (request, onEvent, signal) => {
    if (request.requestKind === 'compaction') return answerText('SUM')(request, onEvent, signal);
    if (size(request) > maxCharacters) throw llmErrors.create('CONTEXT_OVERFLOW', 'too long');
    return answer(request, onEvent, signal);
  };
}

function blocksOf(request: ModelRequest | undefined): readonly ContentBlock[] {
  return request?.messages.flatMap((message) => message.content) ?? [];
}

const compactions = () =>
  harness.model.requests.filter((request) => request.requestKind === 'compaction').length;

/** Calls a tool in every answer until `rounds` results are there, then says so. */
function callsThen(rounds: number, text: string): ModelAnswer {
  let asked = 0;
  return async (request, onEvent, signal) => {
    asked += 1;
    if (asked > rounds) return answerText(text)(request, onEvent, signal);
    const input = { value: String(asked) };
    return response([{ type: 'tool_use', id: `c${asked}`, name: 'big', input }], 'tool_use');
  };
}

const big = testTool('big', async (value) => ({ content: `${'x'.repeat(3500)} end of ${value}` }), {
  concurrency: 'read_only',
});

describe('a conversation that is too long', () => {
  it('does not stay unusable after a message that did not fit', async () => {
    harness = await AgentHarness.create([], { compactKeepRecent: 20 });
    harness.model.fallback = smallModel(30_000);
    for (let turn = 0; turn < 12; turn += 1) await harness.send(`small ${turn}`);
    const huge = await harness.send('z'.repeat(50_000));
    expect(huge).toMatchObject({ kind: 'error', code: 'MC_LLM_CONTEXT_OVERFLOW' });
    expect(await harness.send('still there?')).toMatchObject({ kind: 'done', response: 'ok' });
    expect(harness.model.lastRequestText()).toContain('characters left out');
  });

  it('shortens the oldest tool results when one turn alone fills the window', async () => {
    harness = await AgentHarness.create([big], { compactKeepRecent: 100 });
    harness.model.fallback = smallModel(20_000, callsThen(12, 'all read'));
    const runId = await harness.submit('read everything');
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({ kind: 'done', response: 'all read' });
    const results = blocksOf(harness.model.requests.at(-1)).filter((block) => block.type === 'tool_result');
    expect(results.at(-1)?.content).toMatch(/^x{3500} end of 12$/);
    expect(results[0]?.content).toMatch(/characters left out/);
    const notices = (await harness.events(runId)).filter((event) => event.kind === 'notice');
    expect(notices.map((notice) => notice.code)).toContain('shortened');
  });

  it('keeps the whole results in the session', async () => {
    harness = await AgentHarness.create([big], { compactKeepRecent: 100 });
    harness.model.fallback = smallModel(20_000, callsThen(8, 'all read'));
    await harness.send('read everything');
    const session = await harness.repositories.sessions.load((await harness.chat()).chatId);
    expect(JSON.stringify(session?.entries)).not.toContain('characters left out');
  });

  it('never shortens the request it is about', async () => {
    harness = await AgentHarness.create();
    harness.model.fallback = smallModel(1000);
    const end = await harness.send('q'.repeat(5000));
    expect(end).toMatchObject({ kind: 'error', code: 'MC_LLM_CONTEXT_OVERFLOW' });
    expect(harness.model.lastRequestText()).toContain('q'.repeat(5000));
  });

  it('is noticed without a count from the provider', async () => {
    harness = await AgentHarness.create([], { modelContextWindow: 2000, compactKeepRecent: 2 });
    harness.model.fallback = async (request, onEvent, signal) => ({
      ...(await smallModel(1_000_000)(request, onEvent, signal)),
      usage: undefined,
    });
    for (let turn = 0; turn < 8; turn += 1) {
      expect((await harness.send(`${turn} ${'w'.repeat(1500)}`)).kind).toBe('done');
    }
    expect(compactions()).toBeGreaterThan(0);
  });
});

describe('the number of summaries', () => {
  it('stays small when what is kept is itself too large', async () => {
    harness = await AgentHarness.create([big], { modelContextWindow: 5000, compactKeepRecent: 10 });
    harness.model.fallback = smallModel(1_000_000, callsThen(30, 'read'));
    expect(await harness.send('read everything')).toMatchObject({ response: 'read' });
    expect(compactions()).toBeLessThanOrEqual(10);
    for (const request of harness.model.requests) expect(size(request)).toBeLessThan(5000 * 4 * 1.2);
  });

  it('stays small when more messages are to be kept than are allowed', async () => {
    harness = await AgentHarness.create([], { maxSessionMessages: 10, compactKeepRecent: 20 });
    for (let turn = 0; turn < 20; turn += 1) await harness.send(`message ${turn}`);
    expect(compactions()).toBeLessThanOrEqual(6);
    const kept = blocksOf(harness.model.requests.at(-1));
    expect(kept.length).toBeLessThanOrEqual(12);
  });
});

describe('a summary', () => {
  it('is made from the earlier one too, however long what follows is', async () => {
    harness = await AgentHarness.create([], { maxSessionMessages: 4, compactKeepRecent: 1 });
    harness.model.fallback = answerText('y'.repeat(15_000));
    for (const text of ['one', 'two']) await harness.send(text);
    harness.model.enqueue(answerText('THE SHIP IS CALLED AURORA'));
    await harness.send('three');
    await harness.send('four');
    await harness.send('five');
    const last = harness.model.requests.filter((request) => request.requestKind === 'compaction').at(-1);
    expect(compactions()).toBeGreaterThan(1);
    expect(JSON.stringify(last?.messages)).toContain('THE SHIP IS CALLED AURORA');
  });

  it('keeps the request that is being worked on', async () => {
    harness = await AgentHarness.create([big], { compactKeepRecent: 2 });
    harness.model.fallback = smallModel(12_000, callsThen(5, 'done'));
    expect(await harness.send('find the needle')).toMatchObject({ response: 'done' });
    expect(harness.model.lastRequestText()).toContain('find the needle');
  });

  it('keeps that request through several summaries, also when webhooks stored messages before it', async () => {
    harness = await AgentHarness.create([big], { compactKeepRecent: 2 });
    harness.model.fallback = smallModel(12_000, callsThen(5, 'done'));
    const { chatId } = await harness.chat();
    const news = {
      id: 'news',
      chatId,
      senderName: 'hook',
      content: `news ${'n'.repeat(5000)}`,
      isFromBot: false,
    };
    await harness.repositories.messages.insert(news);
    expect(await harness.send('find the needle')).toMatchObject({ response: 'done' });
    expect(harness.model.lastRequestText()).toContain('find the needle');
  });

  it('is given up after its time, also when the model does not listen', async () => {
    harness = await AgentHarness.create([], {
      maxSessionMessages: 2,
      compactKeepRecent: 1,
      compactionTimeoutMs: 20,
    });
    await harness.send('one');
    harness.model.enqueue(() => new Promise(() => {}), answerText('went on'));
    expect(await harness.send('two')).toMatchObject({ response: 'went on' });
    expect(harness.model.lastRequestText()).toContain('shortened without a model');
  });

  it('leaves everything word for word in the archive', async () => {
    harness = await AgentHarness.create([big], { maxSessionMessages: 3, compactKeepRecent: 1 });
    harness.model.fallback = smallModel(1_000_000, callsThen(1, 'read'));
    await harness.send('first');
    await harness.send('second');
    const { chatId } = await harness.chat();
    const directory = join(harness.dir, String(chatId), 'conversations');
    const [name] = await readdir(directory);
    const archive = await readFile(join(directory, name ?? ''), 'utf8');
    expect(archive).toContain(`${'x'.repeat(3500)} end of 1`);
    expect(name).toMatch(/^\d{8}-\d{6}-\d+\.md$/);
  });
});
