/**
 * Recognises slash commands: `/name[@bot] arguments`, after any number of leading mentions (`@word`, `<@id>`).
 * A path such as `/etc/hosts` or `/usr is full` in a sentence is not a command unless the first word is a plain name.
 */

export interface ParsedCommand {
  /** Lower case, without the slash and the bot's name. */
  readonly name: string;
  readonly args: string;
}

const LEADING_MENTIONS = /^\s*(?:(?:@\S+|<@[^>\s]+>)\s+)*/;
const COMMAND = /^\/([a-z][a-z_-]*|\?)(?:@\S+)?(?=\s|$)/i;

export function parseCommand(text: string): ParsedCommand | undefined {
  const body = text.replace(LEADING_MENTIONS, '');
  const match = COMMAND.exec(body);
  if (match?.[1] === undefined) return undefined;
  return { name: match[1].toLowerCase(), args: body.slice(match[0].length).trim() };
}
