import { afterEach, describe, expect, it } from 'vitest';
import { AgentHarness, testTool } from '../../../test/support/agent-harness.ts';
import { answerCalls } from '../../../test/support/scripted-model.ts';

let harness: AgentHarness;
let ran: string[] = [];
afterEach(async () => {
  await harness.dispose();
  ran = [];
});

function shellTool(concurrency: 'exclusive' | 'read_only') {
  const run = async (value: string) => {
    ran.push(value);
    return { content: `ran ${value}` };
  };
  return testTool('shell', run, { risk: 'high', concurrency });
}

async function start(concurrency: 'exclusive' | 'read_only' = 'exclusive'): Promise<void> {
  harness = await AgentHarness.create([shellTool(concurrency)], {}, { approvalTimeoutMs: 60_000 });
}

const shell = (value: string) => ({ id: `call-${value}`, name: 'shell', input: { value } });

/** A run that waits with its first question; when that is over it asks about `two`. */
async function twoQuestionsInARow(): Promise<string> {
  harness.model.enqueue(answerCalls(shell('one')), answerCalls(shell('two')));
  const runId = await harness.submit('go');
  await harness.until(runId, 'approval_required');
  return runId;
}

const openOf = (runId: string) => harness.approvals.openOfRun(runId);

/** Ends the open question as running out of time does, without the wait, and returns when the next one is open. */
async function expire(runId: string): Promise<void> {
  const first = openOf(runId)?.approvalId ?? '';
  const past = new Date(Date.now() - 1000).toISOString();
  const { db } = harness.storage;
  await db.updateTable('approvals').set({ expires_at: past }).where('approval_id', '=', first).execute();
  await harness.crash();
  await nextQuestion(runId, first);
}

async function nextQuestion(runId: string, after: string): Promise<void> {
  const subscription = await harness.agent.subscribe(runId, 0);
  if (subscription === undefined) throw new Error('no such run');
  for await (const event of subscription.events) {
    if (event.kind === 'approval_required' && event.approvalId !== after) return;
  }
  throw new Error('no further question');
}

describe('a bare approval that arrives after its question has run out of time', () => {
  it.each(['1', '2', 'yes'])('(%s) does not approve the question that is open by then', async (reply) => {
    await start();
    const runId = await twoQuestionsInARow();
    await expire(runId);
    expect(await harness.submit(reply)).toBe(runId);
    expect(openOf(runId)).toMatchObject({ state: 'pending', inputJson: '{"value":"two"}' });
    expect(ran).toEqual([]);
    expect(await harness.transcript()).toEqual(['go', reply]);
  });

  it('is followed by the open question once more, with the reason', async () => {
    await start();
    const runId = await twoQuestionsInARow();
    await expire(runId);
    await harness.submit('1');
    await harness.agent.abortRun(runId);
    const shown = (await harness.events(runId)).flatMap((event) => {
      if (event.kind === 'notice') return [event.code];
      return event.kind === 'approval_required' ? [event.input.value] : [];
    });
    expect(shown.slice(-3)).toEqual(['two', 'reply_not_counted', 'two']);
  });

  it('makes the next reply clear, which approves', async () => {
    await start();
    const runId = await twoQuestionsInARow();
    await expire(runId);
    await harness.submit('1');
    expect(await harness.submit('1')).toBe(runId);
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
    expect(ran).toEqual(['two']);
  });

  it('is still in doubt after a webhook has written under the name of its sender', async () => {
    await start();
    const runId = await twoQuestionsInARow();
    await expire(runId);
    await harness.agent.submit({
      chat: await harness.chat(),
      sessionKey: 'main',
      actor: { kind: 'hook', id: 'hook:test' },
      senderName: 'ann',
      text: 'a delivery',
    });
    await harness.submit('1');
    expect(openOf(runId)).toBeDefined();
    expect(ran).toEqual([]);
  });

  it('is still in doubt after a restart', async () => {
    await start();
    const runId = await twoQuestionsInARow();
    await expire(runId);
    await harness.crash();
    await harness.until(runId, 'approval_required');
    await harness.submit('1');
    expect(openOf(runId)).toBeDefined();
    expect(ran).toEqual([]);
  });

  it('counts once its sender has said something since', async () => {
    await start();
    harness.model.enqueue(answerCalls(shell('one')));
    const first = await harness.submit('go');
    await harness.until(first, 'approval_required');
    await harness.agent.abortRun(first);
    await harness.agent.waitForEnd(first);
    harness.model.enqueue(answerCalls(shell('two')));
    const second = await harness.submit('another way, please');
    await harness.until(second, 'approval_required');
    expect(await harness.submit('1')).toBe(second);
    await harness.agent.waitForEnd(second);
    expect(ran).toEqual(['two']);
  });

  it('denies at once when it is a denial', async () => {
    await start();
    const runId = await twoQuestionsInARow();
    await expire(runId);
    await harness.submit('3');
    await harness.agent.waitForEnd(runId);
    expect(ran).toEqual([]);
    expect(harness.approvalAudit).toContain('denied');
  });
});

describe('a bare approval while another question was answered elsewhere', () => {
  const answer = async (runId: string, answeredBy: string) => {
    const id = openOf(runId)?.approvalId ?? '';
    await harness.approvals.answer(id, { decision: 'once', note: null, answeredBy });
    await nextQuestion(runId, id);
  };

  it('does not approve the next one when somebody else had answered', async () => {
    await start();
    const runId = await twoQuestionsInARow();
    await answer(runId, 'session:other');
    await harness.submit('1');
    expect(openOf(runId)).toBeDefined();
    expect(ran).toEqual(['one']);
  });

  it('approves the next one when its sender had answered', async () => {
    await start();
    const runId = await twoQuestionsInARow();
    await answer(runId, 'session:test');
    await harness.submit('1');
    await harness.agent.waitForEnd(runId);
    expect(ran).toEqual(['one', 'two']);
  });

  it('approves every question of a run in turn when all are answered in the chat', async () => {
    await start();
    const runId = await twoQuestionsInARow();
    const first = openOf(runId)?.approvalId ?? '';
    await harness.submit('1');
    await nextQuestion(runId, first);
    await harness.submit('1');
    await harness.agent.waitForEnd(runId);
    expect(ran).toEqual(['one', 'two']);
  });
});

describe('a bare approval while two questions are open', () => {
  it('approves neither; the oldest is put again and the next reply approves that one', async () => {
    await start('read_only');
    harness.model.enqueue(answerCalls(shell('one'), shell('two')));
    const runId = await harness.submit('go');
    await harness.until(runId, 'approval_required');
    await nextQuestion(runId, openOf(runId)?.approvalId ?? '');
    await harness.submit('1');
    expect(ran).toEqual([]);
    await harness.submit('1');
    await harness.submit('3');
    await harness.agent.waitForEnd(runId);
    expect(ran).toEqual(['one']);
  });
});
