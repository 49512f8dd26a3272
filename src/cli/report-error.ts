/** How a failure is shown on stderr: the message, then the hint. A failure without a code shows its stack. */
import { errorMessage, MicroclawError } from '../core/errors.ts';
import type { CommandContext } from './command-context.ts';
import { harmlessText } from './plain-text.ts';

/** Writes `Error: …` and, when there is one, `hint: …`. A message may repeat what a server or a file said. */
export function reportError(context: Pick<CommandContext, 'err' | 'env'>, error: unknown): void {
  if (error instanceof MicroclawError) {
    context.err(`Error: ${harmlessText(error.message)}\n`);
    if (error.hint !== undefined) context.err(`hint: ${error.hint} (${error.code})\n`);
    return;
  }
  const detail = error instanceof Error && error.stack !== undefined ? error.stack : errorMessage(error);
  context.err(`Error: ${harmlessText(detail)}\n`);
}
