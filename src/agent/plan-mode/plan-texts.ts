/** What plan mode says, to people and to the model. Clients look for the footer's first words: they do not change. */
import type { MessageLanguage } from '../approvals/approval-card.ts';

/** How the last paragraph of every plan begins. */
export const PLAN_FOOTER_MARK = '📋 Plan mode:';

/** The last paragraph of a plan. */
export function planFooter(language: MessageLanguage): string {
  const english =
    `${PLAN_FOOTER_MARK} nothing was changed. Reply "approve" to have this carried out with all tools, or say what to ` +
    'change. `/plan off` leaves plan mode.';
  const chinese = `${PLAN_FOOTER_MARK} 尚未做任何更改。回复“批准”即用全部工具执行，或说明要修改之处。\`/plan off\` 退出计划模式。`;
  switch (language) {
    case 'en':
      return english;
    case 'zh':
      return chinese;
    case 'bilingual':
      return `${english}\n${chinese}`;
    default:
      return language satisfies never;
  }
}

/** Part of the system prompt while a chat plans. */
export const PLAN_SECTION = `# Plan mode
You are planning, not acting. Only read-only tools work; everything that writes, runs or sends is refused by the runtime.
- Look at what you need to know first. Then answer with a plan: numbered steps, each with the files, commands or messages it will touch, the risks, and how you will check the result.
- Ask about what only the user can decide. If the user asks for changes, answer with the complete new plan.
- Do not claim that anything was done.`;

/** Stands before the approving message in the model's context. Outside of `<user_message>`, so nobody can write it. */
export const PLAN_APPROVED =
  '[plan_approved]: The user has approved the plan above. Plan mode is over and every tool is available again. Carry the plan out now, step by step; keep a todo list, check each result, and say at the end what was done and what was not.';
