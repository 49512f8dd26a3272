import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentHarness } from '../../test/support/agent-harness.ts';
import { answerNever, answerText } from '../../test/support/scripted-model.ts';

let harness: AgentHarness;
afterEach(async () => {
  await harness.dispose();
});

it('gives runs and messages ids that grow with time, so that new rows stand beside each other', async () => {
  harness = await AgentHarness.create();
  const runId = await harness.submit('hi');
  await harness.agent.waitForEnd(runId);
  const { chatId } = (await harness.repositories.turns.find(runId)) ?? { chatId: 0 };
  const stored = await harness.repositories.messages.page(chatId, { limit: 10 });
  const ids = [runId, ...stored.map((message) => message.id)];
  expect(ids.map((id) => id[14])).toEqual(['7', '7', '7']);
});

describe('requests that arrive together', () => {
  it('with one platform id become one run', async () => {
    harness = await AgentHarness.create();
    const runIds = await Promise.all(Array.from({ length: 5 }, () => harness.submit('hi', 'main', 'tg-1')));
    expect(new Set(runIds).size).toBe(1);
    const ends = await Promise.all(runIds.map((runId) => harness.agent.waitForEnd(runId)));
    expect(new Set(ends.map((end) => end.kind))).toEqual(new Set(['done']));
    expect(await harness.transcript()).toEqual(['hi', 'ok']);
  });

  it('never exceed the queue together, and none that was accepted is lost', async () => {
    harness = await AgentHarness.create([], { queueMaxPending: 3 });
    harness.model.enqueue(answerNever());
    const running = await harness.submit('running');
    await harness.until(running, 'iteration');
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => harness.submit(`m${index}`)),
    );
    const accepted = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(accepted).toHaveLength(3);
    await harness.agent.abortRun(running);
    for (const runId of accepted) expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
  });

  it('are answered in the order in which they were acknowledged', async () => {
    harness = await AgentHarness.create();
    const runIds = await Promise.all(['a', 'b', 'c', 'd'].map((text) => harness.submit(text)));
    await Promise.all(runIds.map((runId) => harness.agent.waitForEnd(runId)));
    const asked = (await harness.transcript()).filter((text) => text !== 'ok');
    const answered = harness.model.requests.map(
      (request) => />(\w)<\/user_message>"\}\]\}\]$/.exec(JSON.stringify(request.messages))?.[1],
    );
    expect(answered).toEqual(asked);
  });

  it('of many chats stay within the limit and all get their turn', async () => {
    let running = 0;
    let most = 0;
    harness = await AgentHarness.create([], { maxConcurrentTurns: 3 });
    harness.model.fallback = async (...args) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      running -= 1;
      return answerText('ok')(...args);
    };
    const ends = await Promise.all(
      Array.from({ length: 12 }, (_, index) => harness.send('hi', `chat ${index}`)),
    );
    expect(ends.every((end) => end.kind === 'done')).toBe(true);
    expect(most).toBe(3);
  });
});

describe('a request', () => {
  it('is refused while the service stops, and nothing of it is stored', async () => {
    harness = await AgentHarness.create();
    await harness.agent.stop(0);
    await expect(harness.submit('too late')).rejects.toMatchObject({ code: 'MC_AGENT_STOPPING' });
    expect(await harness.transcript()).toEqual([]);
  });

  it('that was being stored when the service stopped is run by the next process', async () => {
    harness = await AgentHarness.create();
    await harness.chat();
    const submitting = harness.submit('just in time');
    const stopping = harness.agent.stop(0);
    const outcome = await submitting.then(
      (runId) => ({ runId }),
      (error: unknown) => ({ error }),
    );
    await stopping;
    await harness.crash();
    if ('runId' in outcome) {
      expect((await harness.agent.waitForEnd(outcome.runId)).kind).toBe('done');
    } else {
      expect(outcome.error).toMatchObject({ code: 'MC_AGENT_STOPPING' });
    }
  });

  it('of a deleted chat ends as aborted and brings nothing back', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever());
    const running = await harness.submit('one');
    await harness.until(running, 'iteration');
    const waiting = await harness.submit('two');
    const { chatId } = await harness.chat();
    await harness.repositories.chats.deleteCompletely(chatId);
    await harness.agent.abortRun(running);
    for (const runId of [running, waiting]) {
      expect((await harness.agent.waitForEnd(runId)).kind).toBe('aborted');
      expect(await harness.repositories.turns.find(runId)).toBeUndefined();
    }
  });

  it('to a chat that was deleted since it was looked up is refused as one to an unknown chat', async () => {
    harness = await AgentHarness.create();
    const chat = await harness.chat();
    await harness.repositories.chats.deleteCompletely(chat.chatId);
    const actor = { kind: 'operator', id: 'session:test' } as const;
    const submitting = harness.agent.submit({
      chat,
      sessionKey: 'main',
      actor,
      senderName: 'ann',
      text: 'hi',
    });
    await expect(submitting).rejects.toMatchObject({ code: 'MC_SESSION_NOT_FOUND' });
    expect((await harness.send('again')).kind).toBe('done');
  });

  it('is stopped once, however often and from wherever it is asked', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever());
    const running = await harness.submit('one');
    const waiting = await harness.submit('two');
    const { chatId } = await harness.chat();
    await Promise.all([
      harness.agent.abortRun(running),
      harness.agent.abortRun(waiting),
      harness.agent.abortRun(waiting),
      harness.agent.abortChat(chatId),
    ]);
    for (const runId of [running, waiting]) {
      expect((await harness.events(runId)).filter((event) => event.kind === 'aborted')).toHaveLength(1);
    }
    const texts = await harness.transcript();
    expect(texts.filter((text) => text === 'Current run aborted.')).toHaveLength(2);
  });
});

describe('a request of a chat that has nothing else to do', () => {
  beforeEach(async () => {
    harness = await AgentHarness.create();
    await harness.send('first');
  });

  it('has begun when it is acknowledged, and the model sees it after what was said before', async () => {
    harness.model.enqueue(answerNever());
    const runId = await harness.submit('second');
    expect(await harness.repositories.turns.find(runId)).toMatchObject({ state: 'running' });
    await harness.until(runId, 'iteration');
    const messages = JSON.stringify(harness.model.requests.at(-1)?.messages);
    expect(messages).toMatch(/>first<.*"ok".*>second</);
    expect(messages.match(/second/g)).toHaveLength(1);
    await harness.agent.abortRun(runId);
    expect((await harness.events(runId)).map(({ kind }) => kind)).toEqual([
      'started',
      'iteration',
      'aborted',
    ]);
  });

  it('brings in what a webhook stored before it', async () => {
    const { chatId } = await harness.chat();
    await harness.repositories.messages.insert({
      id: 'w-1',
      chatId,
      senderName: 'ci',
      content: 'the build broke',
      isFromBot: false,
    });
    await harness.send('second');
    expect(JSON.stringify(harness.model.requests.at(-1)?.messages)).toMatch(/build broke.*>second</);
    await harness.send('third');
    expect(JSON.stringify(harness.model.requests.at(-1)?.messages).match(/build broke/g)).toHaveLength(1);
  });

  it('is finished once after a crash that came right after the acknowledgement', async () => {
    harness.model.enqueue(answerNever());
    const runId = await harness.submit('second');
    await harness.crash();
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
    const texts = await harness.transcript();
    expect(texts.slice(0, 3)).toEqual(['first', 'ok', 'second']);
    expect(texts).toHaveLength(4);
  });

  it('that began while the service stopped is finished by the next process', async () => {
    const chat = await harness.chat();
    const actor = { kind: 'operator', id: 'session:test' } as const;
    const submitting = harness.agent.submit({
      chat,
      sessionKey: 'main',
      actor,
      senderName: 'ann',
      text: 'second',
    });
    // The lane is held, and the request on its way to the database.
    while (harness.agent.activeChatIds().length === 0) await Promise.resolve();
    const [{ runId }] = await Promise.all([submitting, harness.agent.stop(0)]);
    expect(await harness.repositories.turns.find(runId)).toMatchObject({ state: 'running' });
    await harness.crash();
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
    expect((await harness.transcript()).filter((text) => text === 'second')).toHaveLength(1);
  });

  it('ends when the session is reset in the same moment, and leaves nothing in the new one', async () => {
    const { chatId } = await harness.chat();
    const [runId] = await Promise.all([
      harness.submit('second'),
      harness.repositories.chats.resetContext(chatId, { messages: false }),
    ]);
    await harness.agent.waitForEnd(runId);
    expect(await harness.repositories.turns.find(runId)).toMatchObject({
      state: expect.stringMatching(/^(aborted|done)$/),
    });
    const session = await harness.repositories.sessions.load(chatId);
    expect(session?.session.generation).toBe(1);
    const kept = session?.entries.filter((entry) => entry.runId === runId) ?? [];
    expect([0, 2]).toContain(kept.length); // none of it, or all of it when the reset came first
  });

  it('waits for those that were sent before it', async () => {
    const runIds = await Promise.all(['second', 'third', 'fourth'].map((text) => harness.submit(text)));
    await Promise.all(runIds.map((runId) => harness.agent.waitForEnd(runId)));
    const asked = (await harness.transcript()).filter((text) => text !== 'ok');
    expect(asked).toEqual(['first', 'second', 'third', 'fourth']);
  });
});
