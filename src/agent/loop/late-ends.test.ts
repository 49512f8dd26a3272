import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentHarness } from '../../../test/support/agent-harness.ts';
import { answerNever } from '../../../test/support/scripted-model.ts';
import { storageErrors } from '../../storage/errors.ts';

const full = storageErrors.create('DISK_FULL', 'the disk is full');

let harness: AgentHarness;
beforeEach(async () => {
  harness = await AgentHarness.create();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await harness.dispose();
});

/** A turn of the chat whose end the database refuses; observers are told. */
async function loseEnd(error: Error = full): Promise<string> {
  const { turns } = harness.repositories;
  vi.spyOn(turns, 'finish').mockRejectedValueOnce(error).mockRejectedValueOnce(error);
  const end = await harness.send('one');
  expect(end.kind).toBe('error');
  return end.runId;
}

const stateOf = async (runId: string) => (await harness.repositories.turns.find(runId))?.state;

describe('the end of a turn that a full disk refused', () => {
  it('is stored before the next request of its chat', async () => {
    const runId = await loseEnd();
    expect(await stateOf(runId)).toBe('running');
    await harness.send('two');
    expect(await stateOf(runId)).toBe('error');
    expect((await harness.transcript()).slice(0, 3)).toEqual(['one', 'Error: the disk is full', 'two']);
  });

  it('has the number of the event that told of it', async () => {
    const runId = await loseEnd();
    const seq = (await harness.events(runId)).at(-1)?.seq;
    await harness.send('two');
    expect((await harness.repositories.turns.find(runId))?.lastEventSeq).toBe(seq);
  });

  it('is stored by a stop at the latest, so that the next start does not continue the turn', async () => {
    const runId = await loseEnd();
    await harness.restart();
    expect(await stateOf(runId)).toBe('error');
    expect(harness.model.requests).toHaveLength(1);
  });

  it('is tried again as long as the disk is full', async () => {
    const runId = await loseEnd();
    const close = vi.spyOn(harness.repositories.turns, 'close').mockRejectedValueOnce(full);
    await harness.send('two');
    expect(close).toHaveBeenCalledTimes(2);
    expect(await stateOf(runId)).toBe('error');
  });

  it('is dropped with its chat', async () => {
    await loseEnd();
    await harness.repositories.chats.deleteCompletely((await harness.chat()).chatId);
    const close = vi.spyOn(harness.repositories.turns, 'close');
    await harness.send('two');
    await harness.restart();
    expect(close.mock.calls.length).toBeLessThanOrEqual(1);
    expect((await harness.transcript())[0]).toBe('two');
  });

  it('is kept for a request that was stopped while it waited', async () => {
    harness.model.enqueue(answerNever());
    const running = await harness.submit('one');
    const waiting = await harness.submit('two');
    vi.spyOn(harness.repositories.turns, 'close').mockRejectedValueOnce(full);
    expect(await harness.agent.abortRun(waiting)).toBe(true);
    expect(await stateOf(waiting)).toBe('queued');
    await harness.agent.abortRun(running);
    await harness.restart();
    expect(await stateOf(waiting)).toBe('aborted');
    expect(harness.model.requests).toHaveLength(1);
  });
});

it('an end that can never be stored is not tried again', async () => {
  await loseEnd(storageErrors.create('UNEXPECTED', 'a bug'));
  const close = vi.spyOn(harness.repositories.turns, 'close');
  await harness.send('two');
  expect(close).not.toHaveBeenCalled();
});
