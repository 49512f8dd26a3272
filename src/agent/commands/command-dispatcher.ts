/** Finds and runs the slash command of a message. */
import { editDistance } from '../../core/edit-distance.ts';
import type { Command, CommandContext } from './command.ts';
import { parseCommand } from './parse-command.ts';

/** Actors who administer the runtime itself. */
const ADMIN_KINDS: ReadonlySet<string> = new Set(['operator', 'local']);

export class CommandDispatcher {
  readonly #commands: readonly Command[];
  readonly #byName = new Map<string, Command>();

  constructor(commands: readonly Command[]) {
    const help = helpCommand(() => this.#commands);
    this.#commands = [help, ...commands];
    for (const command of this.#commands) {
      for (const name of [command.name, ...(command.aliases ?? [])]) this.#byName.set(name, command);
    }
  }

  /** The answer to a command, or `undefined` when the text is not one. Rejects when the command fails. */
  async dispatch(text: string, context: Omit<CommandContext, 'args'>): Promise<string | undefined> {
    const parsed = parseCommand(text);
    if (parsed === undefined) return undefined;
    const command = this.#byName.get(parsed.name);
    if (command === undefined) return unknownText(parsed.name, [...this.#byName.keys()]);
    if (command.level === 'admin' && !ADMIN_KINDS.has(context.actor.kind) && !context.isControlChat) {
      return `/${command.name} is for the operator and control chats only.`;
    }
    if (command.level === 'approver' && context.mayApprove === false) {
      return `/${command.name} needs a credential with the scope operator.approvals.`;
    }
    return command.run({ ...context, args: parsed.args });
  }

  isCommand(text: string): boolean {
    return parseCommand(text) !== undefined;
  }
}

function helpCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    aliases: ['commands', '?'],
    usage: '/help',
    summary: 'this list',
    level: 'everyone',
    run: async () =>
      ['MicroClaw commands', '', ...commands().map((c) => `\`${c.usage}\` – ${c.summary}`)].join('\n'),
  };
}

/** `Unknown command.` plus the nearest name when one is near. */
function unknownText(name: string, known: readonly string[]): string {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((left, right) => left.distance - right.distance)[0];
  if (nearest === undefined || nearest.distance > 2) return 'Unknown command.';
  return `Unknown command. Did you mean /${nearest.candidate}?`;
}
