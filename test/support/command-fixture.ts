/** Runs a slash command in a test, as the agent would. */
import type { Command, CommandContext } from '../../src/agent/commands/command.ts';
import { CommandDispatcher } from '../../src/agent/commands/command-dispatcher.ts';

/** A chat and an operator; parts can be replaced. */
export function commandContext(parts: Partial<CommandContext> = {}): Omit<CommandContext, 'args'> {
  return {
    chat: { chatId: 1, channel: 'web', externalId: 'main', kind: 'private' },
    actor: { kind: 'operator', id: 'session:test' },
    sessionKey: 'main',
    senderName: 'ann',
    isControlChat: false,
    ...parts,
  };
}

/** Says a text to the commands; `undefined` when it is not a command. */
export function commandLine(commands: readonly Command[]) {
  const dispatcher = new CommandDispatcher(commands);
  return (text: string, parts: Partial<CommandContext> = {}) =>
    dispatcher.dispatch(text, commandContext(parts));
}
