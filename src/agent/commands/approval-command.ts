/**
 * `/approvals`: what waits for an answer in this chat, and which tools need none; `/approvals clear` takes the standing
 * approvals back (tools.md §3.3). Everybody in the chat may: afterwards the tools ask again, which is the safe side.
 */
import type { ApprovalGrantRepository } from '../../storage/repositories/approval-grant-repository.ts';
import { callerName, type WriteApprovalAudit } from '../approvals/approval-audit.ts';
import type { ApprovalDesk } from '../approvals/approval-desk.ts';
import type { Command, CommandContext } from './command.ts';

export interface ApprovalCommandPorts {
  readonly desk: Pick<ApprovalDesk, 'openOfChat'>;
  readonly grants: Pick<ApprovalGrantRepository, 'list' | 'revoke'>;
  readonly audit: WriteApprovalAudit;
}

const USAGE = '/approvals [clear]';

export function approvalCommand(ports: ApprovalCommandPorts): Command {
  return {
    name: 'approvals',
    usage: USAGE,
    summary: 'tool calls that wait for an answer, and tools that need none in this chat',
    level: 'everyone',
    run: async (context) => {
      if (context.args === '') return listApprovals(ports, context.chat.chatId);
      if (context.args === 'clear') return clearApprovals(ports, context);
      return `Usage: ${USAGE}`;
    },
  };
}

async function listApprovals({ desk, grants }: ApprovalCommandPorts, chatId: number): Promise<string> {
  const waiting = desk
    .openOfChat(chatId)
    .map(({ tool, summary, expiresAt }) => `- ${tool}: ${summary} (until ${expiresAt})`);
  const standing = (await grants.list(chatId)).map(
    ({ tool, grantedBy, createdAt }) => `- ${tool}, by ${grantedBy} at ${createdAt}`,
  );
  return [
    ...(waiting.length === 0
      ? ['No tool call waits for an answer in this chat.']
      : ['Waiting for an answer (1 once, 2 always here, 3 deny):', ...waiting]),
    '',
    ...(standing.length === 0
      ? ['No standing tool approvals in this chat.']
      : ['Standing tool approvals in this chat:', ...standing, '`/approvals clear` takes them back.']),
  ].join('\n');
}

async function clearApprovals(
  { grants, audit }: ApprovalCommandPorts,
  { chat, actor }: CommandContext,
): Promise<string> {
  const count = await grants.revoke(chat.chatId);
  await audit({
    actor: actor.id,
    action: 'standing_grants_cleared',
    target: '*',
    detail: `${callerName(chat.chatId, 'main')}; ${count} cleared`,
  });
  return `Cleared ${count} standing tool approval(s) for this chat.`;
}
