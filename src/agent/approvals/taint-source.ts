/**
 * Taint: once a turn has read text that strangers wrote, a person sees what it wants to do with it (tools §3.3).
 *
 * Invariants: the answer comes from committed rows, so it is the same after a restart, and a result counts from the
 * moment it is recorded, which is before the next wave is checked; a turn never becomes clean again.
 */
import type { TurnEvidenceRepository } from '../../storage/repositories/turn-evidence-repository.ts';
import type { CheckedCall } from '../../tools/ports.ts';
import type { ApprovalReasonSource } from './reason-sources.ts';
import { type AnsweredCall, isFromResults, standsVerbatim } from './verbatim-address.ts';
import { visibleText } from './visible-input.ts';

/** `off` lets tainted turns do everything; `ask` and `block` say what becomes of their doubtful calls. */
export type TaintPolicy = 'off' | 'ask' | 'block';

export interface TaintSourceParts {
  readonly policy: () => TaintPolicy;
  readonly evidence: Pick<
    TurnEvidenceRepository,
    'firstUntrustedSource' | 'firstUnclaimedSender' | 'requestTexts'
  >;
  readonly toolCalls: { listByRuns(runIds: readonly string[]): Promise<readonly AnsweredCall[]> };
}

/** Tools of medium risk whose effect is a list that the conversation itself shows. */
const HARMLESS: ReadonlySet<string> = new Set(['todo_write']);

/** What "always" does not change, so that nobody who chooses it expects otherwise. */
const EVERY_TIME = 'which no standing approval covers';

/** What a tainted turn has to ask about: tools of medium and high risk, and addresses nobody gave to it. */
export function taintSource(parts: TaintSourceParts): ApprovalReasonSource {
  return {
    async explain(call) {
      if (parts.policy() === 'off' || HARMLESS.has(call.name)) return undefined;
      if (call.risk === 'low' && call.destination === undefined) return undefined;
      const source = await taintOf(parts, call);
      if (source === undefined) return undefined;
      if (call.risk === 'medium') return { code: 'tainted_turn', text: source };
      if (call.risk === 'high') return { code: 'tainted_turn', text: `${source}, ${EVERY_TIME}` };
      if (await isGivenAddress(parts, call)) return undefined;
      const unknown =
        'the address of this call stands neither in the message of the user nor in what was read';
      return { code: 'tainted_turn', text: `${source}, and ${unknown}, ${EVERY_TIME}` };
    },
  };
}

/** What tainted the turn, as the beginning of a sentence. */
async function taintOf({ evidence }: TaintSourceParts, { scope }: CheckedCall): Promise<string | undefined> {
  if (scope.actor.kind === 'hook')
    return 'this turn was started by a webhook, whose text strangers can write';
  const turn = { runId: scope.runId, chatId: scope.chat.chatId };
  const read = await evidence.firstUntrustedSource(turn);
  if (read !== undefined) return `this turn has read ${visibleText(read)}`;
  const sender = await evidence.firstUnclaimedSender(turn);
  return sender === undefined
    ? undefined
    : `this turn began with a message that a webhook left (${visibleText(sender)})`;
}

async function isGivenAddress(parts: TaintSourceParts, call: CheckedCall): Promise<boolean> {
  const { destination = '', name, scope } = call;
  const turn = { runId: scope.runId, chatId: scope.chat.chatId };
  const texts = await parts.evidence.requestTexts(turn);
  if (texts.some((text) => standsVerbatim(text, destination))) return true;
  return isFromResults(await parts.toolCalls.listByRuns([scope.runId]), name, destination);
}
