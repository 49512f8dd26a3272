/**
 * Messages that arrive while a turn is running: after a tool batch they are taken into it (agent-runtime §2). Their own
 * runs end with an acknowledgement that names the run which took them in.
 *
 * Invariant: messages keep their order; one that cannot be taken in keeps those behind it waiting too.
 */

import type { TurnRepository } from '../../storage/repositories/turn-repository.ts';
import type { WriteStatement } from '../../storage/storage.ts';
import type { AgentOptions } from '../agent-options.ts';
import type { ActiveTurns } from '../runs/active-turns.ts';
import type { ChatLanes } from '../runs/chat-lanes.ts';
import type { ActiveTurn } from './active-turn.ts';
import { foldedText } from './fixed-texts.ts';
import { midTurnNotice } from './user-text.ts';

export interface FoldedMessages {
  /** Block for the model, beside the tool results. */
  readonly text: string;
  /** Committed in the transaction that appends the block. */
  readonly statements: readonly WriteStatement[];
  /** Tells the observers; call after the commit. */
  announce(): void;
  /** Puts the messages back in front of the lane; call when the commit failed. */
  restore(): void;
}

type FollowUpOptions = Pick<AgentOptions, 'enableMidTurnInjection'>;

export class FollowUps {
  readonly #lanes: ChatLanes<ActiveTurn>;
  readonly #turns: TurnRepository;
  readonly #active: ActiveTurns;
  readonly #options: FollowUpOptions;

  constructor(
    lanes: ChatLanes<ActiveTurn>,
    turns: TurnRepository,
    active: ActiveTurns,
    options: FollowUpOptions,
  ) {
    this.#lanes = lanes;
    this.#turns = turns;
    this.#active = active;
    this.#options = options;
  }

  /** Takes the waiting messages of the turn's chat, or `undefined` when there are none. */
  take(turn: ActiveTurn): FoldedMessages | undefined {
    if (!this.#options.enableMidTurnInjection) return undefined;
    const waiting = this.#lanes.takeFirst(turn.chat.chatId, (other) => isFoldable(turn, other));
    if (waiting.length === 0) return undefined;
    const acknowledgement = foldedText(waiting.length);
    const into = turn.item.runId;
    return {
      text: midTurnNotice(waiting.map((other) => other.item)),
      statements: waiting.flatMap((other) =>
        this.#turns.foldStatements(other.item.runId, into, acknowledgement),
      ),
      announce: () => {
        turn.run.publish({ kind: 'mid_turn_injection', count: waiting.length });
        for (const other of waiting) {
          other.run.publish({ kind: 'done', response: acknowledgement, foldedInto: into });
          this.#active.release(other);
        }
      },
      restore: () => this.#lanes.restorePending(turn.chat.chatId, waiting),
    };
  }
}

/**
 * Only messages of the same person and principal, not yet begun, are folded: tools run with the rights of who began the
 * turn. A resumed turn is never folded.
 */
function isFoldable(turn: ActiveTurn, other: ActiveTurn): boolean {
  return (
    other.resumeCount === 0 &&
    !other.controller.signal.aborted &&
    other.item.principal === turn.item.principal &&
    other.actor.kind === turn.actor.kind &&
    other.actor.id === turn.actor.id &&
    other.item.content.trim() !== ''
  );
}
