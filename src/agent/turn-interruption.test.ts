import { afterEach, describe, expect, it, vi } from 'vitest';
import { AgentHarness, testTool } from '../../test/support/agent-harness.ts';
import { newRequest } from '../../test/support/new-request.ts';
import { answerCalls, answerNever, answerText } from '../../test/support/scripted-model.ts';
import type { ContentBlock } from '../llm/message.ts';
import { storageErrors } from '../storage/errors.ts';
import type { ToolOutcome } from '../tools/tool.ts';

let harness: AgentHarness;
afterEach(async () => {
  vi.restoreAllMocks();
  await harness.dispose();
});

/** A tool that counts its runs and ends only when it is stopped. */
function endlessTool(name: string, concurrency: 'read_only' | 'side_effect') {
  let runs = 0;
  const tool = testTool(
    name,
    (_value, signal) => {
      runs += 1;
      const { promise, reject } = Promise.withResolvers<ToolOutcome>();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      return promise;
    },
    { concurrency },
  );
  return { tool, runs: () => runs };
}

function countingTool(name: string, concurrency: 'read_only' | 'side_effect') {
  let runs = 0;
  const run = async () => {
    runs += 1;
    return { content: `${name} done` };
  };
  return { tool: testTool(name, run, { concurrency }), runs: () => runs };
}

/** Pairs of the newest request: every call id, and the content of its result. */
function lastResults(): Record<string, string> {
  const blocks: readonly ContentBlock[] =
    harness.model.requests.at(-1)?.messages.flatMap((message) => message.content) ?? [];
  return Object.fromEntries(
    blocks.flatMap((block) => (block.type === 'tool_result' ? [[block.tool_use_id, block.content]] : [])),
  );
}

const stops = [
  ['a planned restart', () => harness.restart()],
  ['a kill', () => harness.crash()],
] as const;

describe.each(stops)('after %s in the middle of a batch', (_name, stop) => {
  it('asks about a call that may have had an effect and does not repeat it', async () => {
    const first = countingTool('first', 'side_effect');
    const stuck = endlessTool('stuck', 'side_effect');
    harness = await AgentHarness.create([first.tool, stuck.tool]);
    harness.model.enqueue(answerCalls({ id: 'a', name: 'first' }, { id: 'b', name: 'stuck' }));
    const runId = await harness.submit('go');
    await vi.waitUntil(() => stuck.runs() === 1);
    await stop();
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({
      kind: 'done',
      response: expect.stringMatching(
        /^⚠️ I restarted while a tool operation was in progress\.[\s\S]*stuck\(medium\)/,
      ),
    });
    expect([first.runs(), stuck.runs()]).toEqual([1, 1]);
    await harness.send('and?');
    expect(lastResults()).toEqual({ a: 'first done', b: expect.stringMatching(/^Unknown outcome/) });
  });

  it('uses recorded results, repeats a read and runs what had not begun', async () => {
    const done = countingTool('done', 'side_effect');
    const later = countingTool('later', 'side_effect');
    let reads = 0;
    const read = testTool(
      'read',
      (_value, signal) => {
        reads += 1;
        const { promise, resolve, reject } = Promise.withResolvers<ToolOutcome>();
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        if (reads === 2) resolve({ content: 'read at last' });
        return promise;
      },
      { concurrency: 'read_only' },
    );
    harness = await AgentHarness.create([done.tool, read, later.tool]);
    harness.model.enqueue(
      answerCalls({ id: 'a', name: 'done' }, { id: 'b', name: 'read' }, { id: 'c', name: 'later' }),
      answerText('finished'),
    );
    const runId = await harness.submit('go');
    await vi.waitUntil(() => reads === 1);
    await stop();
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({
      response: '↻ Resumed after restart.\n\nfinished',
    });
    expect([done.runs(), reads, later.runs()]).toEqual([1, 2, 1]);
    expect(lastResults()).toEqual({ a: 'done done', b: 'read at last', c: 'later done' });
  });
});

describe('a shutdown', () => {
  it('leaves nobody waiting for a run that the next process continues', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever());
    const running = await harness.submit('one');
    await harness.until(running, 'iteration');
    const queued = await harness.submit('two');
    const ends = [running, queued].map((runId) => harness.agent.waitForEnd(runId));
    const readers = [running, queued].map((runId) => harness.events(runId));
    const rejected = ends.map((end) => expect(end).rejects.toMatchObject({ code: 'MC_AGENT_STOPPING' }));
    await harness.agent.stop(0);
    await Promise.all(rejected);
    expect((await Promise.all(readers)).map((events) => events.map((event) => event.kind))).toEqual([
      ['started', 'iteration'],
      [],
    ]);
  });

  it('waits for a command that is being answered', async () => {
    const gate = Promise.withResolvers<string>();
    const command = {
      name: 'slow',
      usage: '/slow',
      summary: 'slow',
      level: 'everyone',
      run: () => gate.promise,
    } as const;
    harness = await AgentHarness.create([], {}, { commands: () => [command] });
    const runId = await harness.submit('/slow');
    const order: string[] = [];
    const stopped = harness.agent.stop(60_000).then(() => order.push('stopped'));
    const answered = harness.agent.waitForEnd(runId).then((end) => order.push(end.kind));
    setImmediate(() => gate.resolve('slow but sure'));
    await Promise.all([stopped, answered]);
    expect(order).toEqual(['done', 'stopped']);
    expect(await harness.transcript()).toEqual(['slow but sure']);
  });

  it('is not held up by a model that does not listen to its signal', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(() => new Promise(() => {}));
    const runId = await harness.submit('hang');
    await harness.until(runId, 'iteration');
    await harness.restart();
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({ kind: 'done' });
  });

  it('is not held up by a prompt section that never answers', async () => {
    let asked = 0;
    const section = {
      name: 'stuck',
      placement: 'changing',
      render: () => {
        asked += 1;
        return asked === 1 ? new Promise<string>(() => {}) : Promise.resolve('fine');
      },
    } as const;
    harness = await AgentHarness.create([], {}, { promptSections: [section] });
    const runId = await harness.submit('hang');
    await vi.waitUntil(() => asked === 1);
    await harness.restart();
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({ kind: 'done' });
  });
});

describe('a stop', () => {
  it('ends a turn whose model does not listen to its signal, and drops what it says later', async () => {
    harness = await AgentHarness.create();
    const late = Promise.withResolvers<() => void>();
    harness.model.enqueue((_request, onEvent) => {
      onEvent({ kind: 'text_delta', text: 'early' });
      late.resolve(() => onEvent({ kind: 'text_delta', text: 'late' }));
      return new Promise(() => {});
    });
    const runId = await harness.submit('hang');
    const speakLate = await late.promise;
    await harness.agent.abortRun(runId);
    speakLate();
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({ kind: 'aborted', text: 'early' });
  });

  it('does not note twice what was said beside tool calls', async () => {
    const stuck = endlessTool('stuck', 'side_effect');
    harness = await AgentHarness.create([stuck.tool]);
    harness.model.enqueue(async (_request, onEvent) => {
      onEvent({ kind: 'text_delta', text: 'let me look' });
      return {
        ...(await answerCalls({ id: 'a', name: 'stuck' })(_request, onEvent, AbortSignal.abort())),
        content: [
          { type: 'text', text: 'let me look' },
          { type: 'tool_use', id: 'a', name: 'stuck', input: {} },
        ],
      };
    });
    const runId = await harness.submit('go');
    await vi.waitUntil(() => stuck.runs() === 1);
    await harness.agent.abortRun(runId);
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({ kind: 'aborted', text: 'let me look' });
    await harness.send('next');
    expect(harness.model.lastRequestText().split('let me look')).toHaveLength(2);
  });
});

describe('a turn whose session was reset meanwhile', () => {
  it('ends in the database too when it is stopped afterwards', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever('half'));
    const runId = await harness.submit('go');
    await harness.until(runId, 'delta');
    const { chatId } = await harness.chat();
    await harness.repositories.chats.resetContext(chatId, { messages: true });
    await harness.agent.abortRun(runId);
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('aborted');
    expect(await harness.repositories.turns.find(runId)).toMatchObject({ state: 'aborted' });
    expect(await harness.transcript()).toEqual([]);
  });
});

describe('a chat stays usable', () => {
  it('when the beginning of a call could not be recorded', async () => {
    const act = countingTool('act', 'side_effect');
    harness = await AgentHarness.create([act.tool]);
    const full = storageErrors.create('DISK_FULL', 'the disk is full');
    vi.spyOn(harness.repositories.toolCalls, 'started').mockRejectedValueOnce(full);
    harness.model.enqueue(answerCalls({ id: 'a', name: 'act' }));
    expect(await harness.send('go')).toMatchObject({ kind: 'error', code: 'MC_STORAGE_DISK_FULL' });
    expect(act.runs()).toBe(0);
    expect(await harness.send('again')).toMatchObject({ kind: 'done' });
    expect(lastResults()).toEqual({ a: expect.stringMatching(/^No result/) });
  });

  it('when the results of a batch could not be recorded', async () => {
    const act = countingTool('act', 'side_effect');
    harness = await AgentHarness.create([act.tool]);
    const append = harness.repositories.turns.append.bind(harness.repositories.turns);
    const full = storageErrors.create('DISK_FULL', 'the disk is full');
    vi.spyOn(harness.repositories.turns, 'append').mockImplementationOnce(append).mockRejectedValueOnce(full);
    harness.model.enqueue(answerCalls({ id: 'a', name: 'act' }));
    expect((await harness.send('go')).kind).toBe('error');
    await harness.send('again');
    expect(Object.keys(lastResults())).toEqual(['a']);
  });

  it('when an interrupted turn is given up in the middle of a batch, and tells what is in doubt', async () => {
    const done = countingTool('done', 'side_effect');
    const stuck = endlessTool('stuck', 'side_effect');
    harness = await AgentHarness.create([done.tool, stuck.tool], { maxResumes: 0 });
    harness.model.enqueue(answerCalls({ id: 'a', name: 'done' }, { id: 'b', name: 'stuck' }));
    const runId = await harness.submit('go');
    await vi.waitUntil(() => stuck.runs() === 1);
    await harness.crash();
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({ kind: 'error', code: 'MC_AGENT_EXPIRED' });
    expect((await harness.transcript()).at(-1)).toMatch(/^Error: This request was[\s\S]*- stuck\(medium\)/);
    await harness.send('next');
    expect(lastResults()).toEqual({ a: 'done done', b: expect.stringMatching(/^Unknown outcome/) });
  });
});

describe('recovery', () => {
  it('goes on with other turns when the end of a given-up one cannot be stored', async () => {
    harness = await AgentHarness.create([], { maxResumes: 0 });
    harness.model.fallback = answerNever();
    const lost = await harness.submit('one', 'first');
    await harness.until(lost, 'iteration');
    await harness.agent.stop(0);
    await harness.storage.close();
    await harness.open();
    const waiting = await harness.repositories.inbox.accept(
      newRequest('waiting', (await harness.chat('second')).chatId, { sessionKey: 'second' }),
    );
    expect(waiting.kind).toBe('accepted');
    const full = storageErrors.create('DISK_FULL', 'the disk is full');
    vi.spyOn(harness.repositories.turns, 'finish').mockRejectedValueOnce(full);
    harness.model.fallback = answerText('ok');
    await harness.recover();
    expect(await harness.agent.waitForEnd(lost)).toMatchObject({ kind: 'error' });
    expect(await harness.agent.waitForEnd('waiting')).toMatchObject({ kind: 'done' });
  });

  it('begins nothing when the program stops before it has opened', async () => {
    harness = await AgentHarness.create();
    harness.model.fallback = answerNever();
    const runId = await harness.submit('one');
    await harness.until(runId, 'iteration');
    await harness.agent.stop(0);
    await harness.storage.close();
    await harness.open();
    await harness.agent.recover(await harness.agent.findUnfinished());
    const stopped = harness.agent.stop(0);
    harness.agent.begin();
    await stopped;
    expect(harness.model.requests).toHaveLength(1);
    expect(await harness.repositories.turns.find(runId)).toMatchObject({ state: 'running', resumeCount: 0 });
  });

  it('does not ask the model about a conversation that was reset before the crash', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever());
    const runId = await harness.submit('forget me');
    await harness.until(runId, 'iteration');
    const chat = await harness.chat();
    await harness.repositories.chats.resetContext(chat.chatId, { messages: true });
    await harness.crash();
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('aborted');
    expect(harness.model.requests).toHaveLength(1);
    expect(await harness.transcript()).toEqual([]);
  });

  it('ends a turn whose end was never stored once the chat has gone on', async () => {
    harness = await AgentHarness.create();
    const full = storageErrors.create('DISK_FULL', 'the disk is full');
    vi.spyOn(harness.repositories.turns, 'finish').mockRejectedValueOnce(full).mockRejectedValueOnce(full);
    vi.spyOn(harness.repositories.turns, 'close').mockRejectedValue(full);
    const lost = await harness.send('one');
    expect(lost).toMatchObject({ kind: 'error', code: 'MC_STORAGE_DISK_FULL' });
    await harness.send('two');
    await harness.crash();
    expect(await harness.agent.waitForEnd(lost.runId)).toMatchObject({
      kind: 'error',
      code: 'MC_AGENT_EXPIRED',
    });
    expect(harness.model.requests).toHaveLength(2);
  });

  it('never takes the result of an earlier call for that of a later one with the same id', async () => {
    const act = countingTool('act', 'side_effect');
    harness = await AgentHarness.create([act.tool], {
      modelContextWindow: 1000,
      compactKeepRecent: 1,
    });
    harness.model.enqueue(
      answerCalls({ id: 'same', name: 'act', input: { value: '1' } }),
      async (...args) => ({
        ...(await answerCalls({ id: 'other', name: 'act', input: { value: '2' } })(...args)),
        usage: { inputTokens: 900, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
      }),
      answerText('SUM'),
      answerNever(),
    );
    const runId = await harness.submit('go');
    await vi.waitUntil(() => harness.model.requests.length === 4);
    await harness.crash();
    harness.model.enqueue(answerCalls({ id: 'same', name: 'act', input: { value: '3' } }), answerText('end'));
    await harness.agent.waitForEnd(runId);
    const records = await harness.repositories.toolCalls.listByRuns([runId]);
    expect(records.map((record) => record.inputJson)).toEqual(
      ['1', '2', '3'].map((value) => JSON.stringify({ value })),
    );
  });
});
