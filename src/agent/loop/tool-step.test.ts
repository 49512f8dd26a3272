import { afterEach, describe, expect, it } from 'vitest';
import { AgentHarness, testTool } from '../../../test/support/agent-harness.ts';
import { answerCalls } from '../../../test/support/scripted-model.ts';
import { refuse } from '../../tools/ports.ts';

const SECRET = 'configured-secret-1';

let harness: AgentHarness;
afterEach(() => harness.dispose());

/** Everything that observers and readers of the history see of the calls of a turn. */
async function seen(runId: string): Promise<string> {
  const stored = await harness.repositories.toolCalls.listByRuns([runId]);
  expect(stored.length).toBeGreaterThan(0);
  const starts = (await harness.events(runId)).filter(({ kind }) => kind === 'tool_start');
  expect(starts.length).toBeGreaterThan(0);
  return JSON.stringify([stored, starts]);
}

describe('a secret in the input of a call', () => {
  const echo = testTool('echo', async () => ({ content: 'done' }), { idempotent: false });
  const call = (name: string, id = 'call-1') => ({ id, name, input: { value: `use ${SECRET}` } });
  const start = async (extra: Parameters<typeof AgentHarness.create>[2] = {}) => {
    harness = await AgentHarness.create([echo], {}, { secrets: [{ key: 'KEY', value: SECRET }], ...extra });
  };

  it('is not shown when the call runs', async () => {
    await start();
    harness.model.enqueue(answerCalls(call('echo')));
    const { runId } = await harness.send('go');
    expect(await seen(runId)).not.toContain(SECRET);
  });

  it('is not shown when a policy refuses the call', async () => {
    await start({ toolPolicy: { check: async () => refuse('tool_policy_blocked', 'no') } });
    harness.model.enqueue(answerCalls(call('echo')));
    const { runId } = await harness.send('go');
    expect(await seen(runId)).not.toContain(SECRET);
  });

  it('is not shown when there is no such tool', async () => {
    await start();
    harness.model.enqueue(answerCalls(call('nothing')));
    const { runId } = await harness.send('go');
    expect(await seen(runId)).not.toContain(SECRET);
  });

  it('is not shown when the call is refused as a repetition', async () => {
    await start();
    const again = ['call-1', 'call-2', 'call-3', 'call-4', 'call-5', 'call-6'];
    harness.model.enqueue(...again.map((id) => answerCalls(call('echo', id))));
    const { runId } = await harness.send('go');
    const shown = await seen(runId);
    expect(shown).toContain('duplicate_call');
    expect(shown).not.toContain(SECRET);
  });
});
