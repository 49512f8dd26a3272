/**
 * How the field `err` of a log line looks.
 *
 * Invariant: a failure that a person can do something about is told by its words, with what to do; only for one that
 * should not happen does the line say where in the program it was.
 */
import { errorMessage, MicroclawError } from '../core/errors.ts';

/** `undefined` for an error whose stack belongs into the log. */
export function expectedFailure(error: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!(error instanceof MicroclawError) || error.kind === 'bug') return undefined;
  const { code, kind, hint, data } = error;
  return { message: wholeMessage(error), code, kind, hint, data };
}

/** The message and those of its causes, as far as it does not repeat them. */
function wholeMessage(error: Error): string {
  let text = error.message;
  for (let cause = error.cause; cause !== undefined && cause !== null; ) {
    const message = errorMessage(cause);
    if (!text.includes(message)) text += `: ${message}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return text;
}
