/** A turn on its way through queue and loop. */
import type { Actor } from '../../core/actor.ts';
import type { ChatRef } from '../../core/chat.ts';
import type { InboxItem } from '../../storage/repositories/inbox-repository.ts';
import type { LiveRun } from '../runs/live-run.ts';
import type { HeadStart } from './head-start.ts';
import type { TurnPause } from './turn-pause.ts';

export interface ActiveTurn {
  readonly item: InboxItem;
  readonly chat: ChatRef;
  readonly actor: Actor;
  readonly run: LiveRun;
  /** Aborted with a `TurnStop`. */
  readonly controller: AbortController;
  /** What the turn gives up while a call of it waits for a person. */
  readonly pause: TurnPause;
  /** What was done while its request was being stored. */
  readonly headStart?: HeadStart | undefined;
  /** How often a restart has continued this turn; 0 for a fresh one. */
  readonly resumeCount: number;
  /** The restart found it waiting for an approval: that does not count as an interruption. */
  readonly wasWaiting: boolean;
}
