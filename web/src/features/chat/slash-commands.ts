/** The chat commands the composer suggests; the server has the whole list under `/help`. */

export interface SlashCommand {
  readonly name: string;
  readonly summary: string;
}

const COMMANDS: readonly SlashCommand[] = [
  { name: '/help', summary: 'every command' },
  { name: '/status', summary: 'model, session and runtime' },
  { name: '/stop', summary: 'stop the running answer and everything that waits' },
  { name: '/model', summary: 'show or switch the model' },
  { name: '/thinking', summary: 'how much the model reasons: off, low, medium, high' },
  { name: '/plan', summary: 'look and plan without changing anything' },
  { name: '/usage', summary: 'tokens and cost' },
  { name: '/clear', summary: 'forget this conversation' },
  { name: '/reset', summary: 'forget this conversation, or its memory' },
];

/** Commands that begin with what was typed; none once an argument follows or the name is complete. */
export function suggestCommands(text: string): readonly SlashCommand[] {
  if (!/^\/[a-z]*$/i.test(text)) return [];
  const typed = text.toLowerCase();
  return COMMANDS.filter((command) => command.name.startsWith(typed) && command.name !== typed);
}
