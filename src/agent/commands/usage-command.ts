/** `/usage`: tokens and cost of this chat; of everything for operators and control chats. */
import type { Clock } from '../../core/clock.ts';
import type { UsageRepository } from '../../storage/repositories/usage-repository.ts';
import { buildUsageReport } from '../usage-report.ts';
import type { Command } from './command.ts';

export function usageCommand(usage: UsageRepository, clock: Clock): Command {
  return {
    name: 'usage',
    usage: '/usage',
    summary: 'tokens and cost',
    level: 'everyone',
    run: async ({ chat, actor, isControlChat }) => {
      const isOperator = actor.kind === 'operator' || actor.kind === 'local';
      const report = await buildUsageReport(usage, clock, chat.chatId, isOperator || isControlChat);
      return report.text;
    },
  };
}
