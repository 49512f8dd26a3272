import { afterEach, describe, expect, it } from 'vitest';
import { AgentHarness } from '../../../test/support/agent-harness.ts';
import { answerNever } from '../../../test/support/scripted-model.ts';
import { parseBlocks } from './conversation-loader.ts';

let harness: AgentHarness;
afterEach(async () => {
  await harness?.dispose();
});

/** A message that no request brought in, as a webhook stores it. */
async function store(content: string, isFromBot = false): Promise<void> {
  const { chatId } = await harness.chat();
  await harness.repositories.messages.insert({
    id: content,
    chatId,
    senderName: 'hook',
    content,
    isFromBot,
  });
}

const occurrences = (text: string) => harness.model.lastRequestText().split(text).length - 1;

describe('the context of a turn', () => {
  it('takes in stored messages that no request brought, each once and in order', async () => {
    harness = await AgentHarness.create();
    await harness.send('one');
    await store('news A');
    await store('news B');
    await harness.send('two');
    expect(harness.model.lastRequestText()).toMatch(/news A[\s\S]*news B[\s\S]*two/);
    await harness.send('three');
    expect([occurrences('news A'), occurrences('news B')]).toEqual([1, 1]);
  });

  it('shortens what webhooks stored when it is too much, but not the request behind it', async () => {
    harness = await AgentHarness.create([], { modelContextWindow: 5000 });
    await harness.send('one');
    const chatter = 'c'.repeat(30_000);
    await store(chatter);
    const request = 'r'.repeat(3000);
    expect((await harness.send(request)).kind).toBe('done');
    expect(harness.model.lastRequestText()).toContain(request);
    expect(harness.model.lastRequestText()).not.toContain(chatter);
  });

  it('keeps messages that arrive while a turn runs for the next one', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever());
    const running = await harness.submit('one');
    await harness.until(running, 'iteration');
    await store('in between');
    await harness.agent.abortRun(running);
    await harness.agent.waitForEnd(running);
    await harness.send('two');
    await harness.send('three');
    expect(occurrences('in between')).toBe(1);
  });

  it('begins with the transcript when there is no session, at a message of a person', async () => {
    harness = await AgentHarness.create();
    await store('hello from the bot', true);
    await store('question');
    await store('answer', true);
    await harness.send('next');
    const roles = harness.model.requests[0]?.messages.map((message) => message.role);
    expect(roles).toEqual(['user', 'assistant', 'user']);
    expect(occurrences('hello from the bot')).toBe(0);
  });

  it('does not include messages of requests that still wait', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever());
    const first = await harness.submit('one');
    await harness.until(first, 'iteration');
    const waiting = await harness.submit('two');
    const last = await harness.submit('three');
    await harness.agent.abortRun(first);
    await harness.agent.waitForEnd(waiting);
    expect(JSON.stringify(harness.model.requests[1])).not.toContain('three');
    await harness.agent.waitForEnd(last);
    expect([occurrences('>two<'), occurrences('>three<')]).toEqual([1, 1]);
  });
});

describe('parseBlocks', () => {
  it.each(['', 'no json', '{}', '[1]', '[{"text":"no type"}]', '[null]'])(
    'takes the damaged row %j for an empty one',
    (json) => {
      expect(parseBlocks(json)).toEqual([]);
    },
  );

  it('gives back what was stored', () => {
    const blocks = [{ type: 'text', text: 'hi' }];
    expect(parseBlocks(JSON.stringify(blocks))).toEqual(blocks);
  });
});
