import { afterEach, describe, expect, it, vi } from 'vitest';
import { AgentHarness, testTool } from '../../../test/support/agent-harness.ts';
import { answerCalls } from '../../../test/support/scripted-model.ts';
import type { ApprovalDecision } from '../../storage/repositories/approval-repository.ts';

let harness: AgentHarness;
let ran: string[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await harness.dispose();
  ran = [];
});

const shell = testTool(
  'shell',
  async (value) => {
    ran.push(value);
    return { content: `ran ${value}` };
  },
  { risk: 'high', concurrency: 'exclusive' },
);

async function start(approvalTimeoutMs = 60_000, options = {}): Promise<void> {
  harness = await AgentHarness.create([shell], options, { approvalTimeoutMs });
}

/** A turn whose call waits. */
async function waitingTurn(value = 'one', chat = 'main'): Promise<string> {
  harness.model.enqueue(answerCalls({ id: 'call-1', name: 'shell', input: { value } }));
  const runId = await harness.submit('go', chat);
  await harness.until(runId, 'approval_required');
  return runId;
}

async function answer(runId: string, decision: ApprovalDecision, note: string | null = null) {
  const open = harness.approvals.openOfRun(runId);
  if (open === undefined) throw new Error('nothing waits');
  return harness.approvals.answer(open.approvalId, { decision, note, answeredBy: 'tester' });
}

describe('a high-risk call', () => {
  it('waits and runs once it is approved, shown as a card before', async () => {
    await start();
    const runId = await waitingTurn();
    expect(ran).toEqual([]);
    expect(await harness.agent.find(runId)).toMatchObject({
      state: 'running',
      waitingApproval: expect.stringMatching(/^apv_[0-9a-f]{32}$/),
    });
    await answer(runId, 'once');
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
    expect(ran).toEqual(['one']);
    const kinds = (await harness.events(runId)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith('tool') || kind.startsWith('approval'))).toEqual([
      'tool_start',
      'approval_required',
      'approval_resolved',
      'tool_result',
    ]);
    expect(harness.approvalAudit).toEqual(['requested', 'approved']);
  });

  it('is not run when it is denied; the model reads why', async () => {
    await start();
    const runId = await waitingTurn();
    await answer(runId, 'deny', 'use the other one');
    await harness.agent.waitForEnd(runId);
    expect(ran).toEqual([]);
    expect(harness.model.lastRequestText()).toContain('denied this call');
    expect(harness.model.lastRequestText()).toContain('use the other one');
  });

  it('is denied when nobody answers in time, and cannot be approved afterwards', async () => {
    await start(30);
    const runId = await waitingTurn();
    const id = harness.approvals.openOfRun(runId)?.approvalId ?? '';
    await harness.agent.waitForEnd(runId);
    expect(ran).toEqual([]);
    expect(harness.model.lastRequestText()).toContain('Nobody approved this call');
    const late = harness.approvals.answer(id, { decision: 'once', note: null, answeredBy: 'x' });
    await expect(late).rejects.toThrow('approval is already expired');
    expect(harness.approvalAudit).toEqual(['requested', 'expired']);
  });

  it('goes on without an answer as soon as one comes too late, also when its timer has not noticed', async () => {
    await start();
    const runId = await waitingTurn();
    // The machine was asleep, or its clock was corrected: timers know nothing of it.
    const now = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => now() + 120_000);
    await expect(answer(runId, 'once')).rejects.toMatchObject({ code: 'MC_APPROVAL_CLOSED' });
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
    expect(ran).toEqual([]);
    expect(harness.model.lastRequestText()).toContain('Nobody approved this call');
    expect(harness.approvalAudit).toEqual(['requested', 'expired']);
  });

  it('is cancelled by a stop of the turn', async () => {
    await start();
    const runId = await waitingTurn();
    const id = harness.approvals.openOfRun(runId)?.approvalId ?? '';
    await harness.agent.abortRun(runId);
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('aborted');
    expect(await harness.repositories.approvals.find(id)).toMatchObject({ state: 'cancelled' });
    const late = harness.approvals.answer(id, { decision: 'once', note: null, answeredBy: 'x' });
    await expect(late).rejects.toThrow('approval is already cancelled');
    expect(ran).toEqual([]);
  });

  it('is answered once, whoever asks twice', async () => {
    await start();
    const runId = await waitingTurn();
    const record = await answer(runId, 'deny');
    const again = harness.approvals.answer(record.approvalId, {
      decision: 'once',
      note: null,
      answeredBy: 'x',
    });
    await expect(again).rejects.toThrow('approval is already denied');
    await harness.agent.waitForEnd(runId);
    expect(ran).toEqual([]);
  });

  it('needs no further answer in a chat with a standing approval, and does in another one', async () => {
    await start();
    const first = await waitingTurn('one');
    await answer(first, 'always');
    await harness.agent.waitForEnd(first);
    harness.model.enqueue(answerCalls({ id: 'call-1', name: 'shell', input: { value: 'two' } }));
    await harness.send('again');
    expect(ran).toEqual(['one', 'two']);
    expect(harness.approvalAudit).toContain('auto_approved');
    const other = await waitingTurn('three', 'other');
    await answer(other, 'deny');
    await harness.agent.waitForEnd(other);
    expect(ran).toEqual(['one', 'two']);
  });

  it('that nobody could read whole is refused', async () => {
    await start();
    harness.model.enqueue(answerCalls({ id: 'call-1', name: 'shell', input: { value: 'x'.repeat(17_000) } }));
    await harness.send('go');
    expect(ran).toEqual([]);
    expect(harness.model.lastRequestText()).toContain('Split it into smaller calls');
  });
});

describe('a waiting turn', () => {
  it.each(['restart', 'crash'] as const)('waits on after a %s, with the same question', async (how) => {
    await start(60_000, { maxResumes: 1 });
    const runId = await waitingTurn();
    const asked = harness.approvals.openOfRun(runId)?.approvalId;
    for (let round = 0; round < 3; round += 1) {
      await harness[how]();
      await harness.until(runId, 'approval_required');
    }
    expect(harness.approvals.openOfRun(runId)?.approvalId).toBe(asked);
    await answer(runId, 'once');
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
    expect(ran).toEqual(['one']);
  });

  it('runs the call once when its answer came while no process ran', async () => {
    await start();
    const runId = await waitingTurn();
    const id = harness.approvals.openOfRun(runId)?.approvalId ?? '';
    await harness.agent.stop(0);
    await harness.repositories.approvals.answer(id, { decision: 'once', note: null, answeredBy: 'x' });
    await harness.restart();
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
    expect(ran).toEqual(['one']);
  });

  it('leaves its place to other chats: forty of them stop nobody', async () => {
    await start(60_000, { maxConcurrentTurns: 2 });
    const waiting: string[] = [];
    for (let chat = 0; chat < 40; chat += 1) waiting.push(await waitingTurn('one', `chat-${chat}`));
    expect((await harness.send('hello', 'free')).kind).toBe('done');
    for (const runId of waiting) await answer(runId, 'once');
    for (const runId of waiting) expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
    expect(ran).toHaveLength(40);
  });
});

describe('a message in the chat while a call waits', () => {
  it('that is an answer decides, is in the transcript, and its request is the waiting run', async () => {
    await start();
    const runId = await waitingTurn();
    expect(await harness.submit('1')).toBe(runId);
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
    expect(ran).toEqual(['one']);
    expect(await harness.transcript()).toEqual(['go', '1', 'ok']);
    expect(harness.approvalAudit).toEqual(['requested', 'approved']);
  });

  it('that says anything else denies with it as the reason, and is read by the running turn', async () => {
    await start();
    const runId = await waitingTurn();
    const other = await harness.submit('disapprove; use ls instead');
    expect(other).not.toBe(runId);
    await harness.agent.waitForEnd(runId);
    await harness.agent.waitForEnd(other);
    expect(ran).toEqual([]);
    expect(JSON.stringify(harness.model.requests.at(1)?.messages)).toContain('use ls instead');
    expect(harness.approvalAudit).toEqual(['requested', 'denied']);
  });

  it('of another chat answers nothing here', async () => {
    await start();
    const runId = await waitingTurn();
    const other = await harness.submit('1', 'another');
    await harness.agent.waitForEnd(other);
    expect(ran).toEqual([]);
    await harness.agent.abortRun(runId);
  });

  it('answers once: the second answer is a message like any other', async () => {
    await start();
    const runId = await waitingTurn();
    await harness.submit('1');
    await harness.agent.waitForEnd(runId);
    const second = await harness.submit('1');
    expect(second).not.toBe(runId);
    await harness.agent.waitForEnd(second);
    expect(ran).toEqual(['one']);
  });
});

describe('a reply that arrives twice', () => {
  const reply = async (messageId: string) =>
    harness.agent.submit({
      chat: await harness.chat('main'),
      sessionKey: 'main',
      actor: { kind: 'operator', id: 'operator' },
      senderName: 'tester',
      text: '1',
      platformMessageId: messageId,
    });

  it('answers once, also when the next question is open by then', async () => {
    await start();
    const runId = await waitingTurn();
    expect(await reply('m-1')).toMatchObject({ runId, duplicate: false });
    await harness.agent.waitForEnd(runId);
    expect(await reply('m-1')).toMatchObject({ runId, duplicate: true });
    const next = await waitingTurn('two');
    expect(await reply('m-1')).toMatchObject({ runId, duplicate: true });
    expect(harness.approvals.openOfRun(next)).toBeDefined();
    expect(ran).toEqual(['one']);
    expect(await reply('m-2')).toMatchObject({ runId: next, duplicate: false });
    await harness.agent.waitForEnd(next);
    expect(ran).toEqual(['one', 'two']);
  });
});

it('cancels the question of a turn that had ended when the next process starts, and only that', async () => {
  await start();
  const ended = await waitingTurn('one');
  const waiting = await waitingTurn('two', 'other');
  const orphan = harness.approvals.openOfRun(ended)?.approvalId ?? '';
  const { db } = harness.storage;
  await db.updateTable('turns').set({ state: 'aborted' }).where('run_id', '=', ended).execute();
  await db.updateTable('inbox').set({ state: 'finished' }).where('run_id', '=', ended).execute();
  await harness.crash();
  expect(harness.approvals.openOfRun(ended)).toBeUndefined();
  expect(await harness.repositories.approvals.find(orphan)).toMatchObject({ state: 'cancelled' });
  await answer(waiting, 'once');
  expect((await harness.agent.waitForEnd(waiting)).kind).toBe('done');
  expect(ran).toEqual(['two']);
});
