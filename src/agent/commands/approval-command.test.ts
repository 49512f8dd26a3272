import { afterEach, expect, it } from 'vitest';
import { AgentHarness, testTool } from '../../../test/support/agent-harness.ts';
import { answerCalls } from '../../../test/support/scripted-model.ts';
import { approvalCommand } from './approval-command.ts';

let harness: AgentHarness;
afterEach(() => harness.dispose());

const shell = testTool('shell', async () => ({ content: 'ran' }), { risk: 'high' });

it('/approvals lists what waits and what stands in this chat, and clears what stands', async () => {
  const audit: string[] = [];
  harness = await AgentHarness.create(
    [shell],
    {},
    {
      approvalTimeoutMs: 60_000,
      commands: (_service, { repositories }) => [
        approvalCommand({
          desk: { openOfChat: (chatId) => harness.approvals.openOfChat(chatId) },
          grants: repositories.approvalGrants,
          audit: async ({ action, detail }) => void audit.push(`${action} ${detail}`),
        }),
      ],
    },
  );
  const say = async (text: string, chat = 'main') => {
    const end = await harness.send(text, chat);
    return end.kind === 'done' ? end.response : end;
  };
  expect(await say('/approvals')).toBe(
    'No tool call waits for an answer in this chat.\n\nNo standing tool approvals in this chat.',
  );
  harness.model.enqueue(answerCalls({ id: 'call-1', name: 'shell', input: { value: 'one' } }));
  const runId = await harness.submit('go');
  await harness.until(runId, 'approval_required');
  expect(await say('/approvals')).toMatch(/^Waiting for an answer .*\n- shell: .*until 20/);
  const open = harness.approvals.openOfRun(runId);
  await harness.approvals.answer(open?.approvalId ?? '', {
    decision: 'always',
    note: null,
    answeredBy: 'me',
  });
  await harness.agent.waitForEnd(runId);
  expect(await say('/approvals')).toMatch(/Standing tool approvals in this chat:\n- shell, by me at 20/);
  expect(await say('/approvals', 'other')).toContain('No standing tool approvals');
  expect(await say('/approvals clear', 'other')).toBe('Cleared 0 standing tool approval(s) for this chat.');
  expect(await say('/approvals clear')).toBe('Cleared 1 standing tool approval(s) for this chat.');
  expect(await say('/approvals clear')).toBe('Cleared 0 standing tool approval(s) for this chat.');
  expect(await say('/approvals all')).toBe('Usage: /approvals [clear]');
  expect(audit).toContain(`standing_grants_cleared chat:${open?.chatId}:main; 1 cleared`);
});
