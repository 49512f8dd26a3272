/** `/plan`: the chat plans with read-only tools until the plan is approved or the mode is left (agent-runtime §13). */
import type { PlanMode } from '../plan-mode/plan-mode.ts';
import type { Command } from './command.ts';

const USAGE = '/plan [off|exit|status]';

export function planCommand(plans: Pick<PlanMode, 'enter' | 'leave' | 'isPlanning' | 'hasPlan'>): Command {
  return {
    name: 'plan',
    usage: USAGE,
    summary: 'look and plan without changing anything, until you approve the plan',
    level: 'everyone',
    run: async ({ chat: { chatId }, args }) => {
      switch (args.toLowerCase()) {
        case '':
        case 'on':
          return (await plans.enter(chatId)) ? ENTERED : stateText(plans, chatId);
        case 'off':
        case 'exit':
          return (await plans.leave(chatId)) ? 'Plan mode is off: all tools work again.' : IS_OFF;
        case 'status':
          return stateText(plans, chatId);
        default:
          return `Usage: ${USAGE}. To plan something, send \`/plan\` first and then what is to be planned.`;
      }
    },
  };
}

const IS_OFF = 'Plan mode is off. `/plan` turns it on.';
const ENTERED =
  '📋 Plan mode is on: I look and plan, and change nothing. Tell me what to plan; reply "approve" to a plan to have it ' +
  'carried out. `/plan off` leaves plan mode.';

function stateText(plans: Pick<PlanMode, 'isPlanning' | 'hasPlan'>, chatId: number): string {
  if (!plans.isPlanning(chatId)) return IS_OFF;
  return plans.hasPlan(chatId)
    ? '📋 Plan mode is on, and a plan waits: reply "approve", or say what to change. `/plan off` leaves plan mode.'
    : '📋 Plan mode is on. `/plan off` leaves it.';
}
