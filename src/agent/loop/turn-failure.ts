/** Turns whatever ended a turn early into what is stored and shown. */
import { MicroclawError } from '../../core/errors.ts';
import type { IdSource } from '../../core/ids.ts';
import type { Logger } from '../../observability/logger.ts';
import { storageErrors } from '../../storage/errors.ts';
import { agentErrors } from '../errors.ts';
import { stopReasonOf, TurnStop } from '../turn-stop.ts';
import type { ActiveTurn } from './active-turn.ts';
import { ABORTED_TEXT, STOPPED_NOTE } from './fixed-texts.ts';
import type { TurnOutcome } from './turn-recorder.ts';

export type TurnFailure =
  /** The process ends: leave the turn as it is. */
  | { readonly kind: 'interrupted' }
  /** The session was reset or deleted under the turn: end it without writing to the session. */
  | { readonly kind: 'gone'; readonly outcome: TurnOutcome }
  | { readonly kind: 'ended'; readonly outcome: TurnOutcome };

export function classifyFailure(
  turn: ActiveTurn,
  error: unknown,
  context: {
    /** What the model had said, and whether the session has it already. */
    readonly partialText: string;
    readonly partialInSession: boolean;
    readonly logger: Logger;
    readonly ids: IdSource;
  },
): TurnFailure {
  const stop = stopReasonOf(turn.controller.signal);
  if (stop === 'shutdown') return { kind: 'interrupted' };
  if (stop === 'gone' || isGone(error) || storageErrors.is(error, 'CONFLICT')) {
    return { kind: 'gone', outcome: abortedOutcome('') };
  }
  if (stop === 'user')
    return {
      kind: 'ended',
      outcome: abortedOutcome(context.partialText, { inSession: context.partialInSession }),
    };
  if (stop === 'deadline') {
    return {
      kind: 'ended',
      outcome: errorOutcome(agentErrors.create('DEADLINE', 'The turn took too long.')),
    };
  }
  const fields = { runId: turn.item.runId, chatId: turn.item.chatId };
  return { kind: 'ended', outcome: errorOutcome(toShownError(error, fields, context)) };
}

function isGone(error: unknown): boolean {
  return error instanceof TurnStop && error.cause === 'gone';
}

/**
 * The user's stop: what was said so far stays in the session, marked as stopped. `inSession`: the text belongs to an
 * answer with tool calls, which the session has already.
 */
export function abortedOutcome(partialText: string, options = { inSession: false }): TurnOutcome {
  const partial = partialText.trim();
  const isNew = partial !== '' && !options.inSession;
  const spoken = isNew ? [{ type: 'text', text: partial } as const] : [];
  return {
    state: 'aborted',
    response: partial === '' ? null : partial,
    transcript: partial === '' ? ABORTED_TEXT : `${partial}\n\n${ABORTED_TEXT}`,
    entries: [
      { role: 'assistant', kind: 'note', content: [...spoken, { type: 'text', text: STOPPED_NOTE }] },
    ],
    extra: [],
  };
}

export function errorOutcome(error: MicroclawError): TurnOutcome {
  return {
    state: 'error',
    response: null,
    error: { code: error.code, message: error.message, hint: error.hint ?? null },
    transcript: `Error: ${error.message}`,
    entries: [],
    extra: [],
  };
}

/** An unexpected failure is logged under an id and shown by that id only. */
export function toShownError(
  error: unknown,
  run: { readonly runId: string; readonly chatId: number },
  context: { readonly logger: Logger; readonly ids: IdSource },
): MicroclawError {
  const fields = { err: error, ...run };
  if (error instanceof MicroclawError && error.kind !== 'bug') {
    context.logger.warn(fields, 'run failed');
    return error;
  }
  const errorId = context.ids.hex(4);
  context.logger.error({ ...fields, errorId }, 'run failed unexpectedly');
  return agentErrors.create('INTERNAL', `Something went wrong (error id ${errorId}).`, { cause: error });
}
