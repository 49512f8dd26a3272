/** What a turn has done so far, as far as the loop needs to know. One object per turn; never shared. */
import { RepeatGuard, type RepeatGuardOptions } from '../guardrails/repeat-guard.ts';
import type { Conversation } from './conversation.ts';

export class TurnProgress {
  readonly guard: RepeatGuard;
  /** Tool call ids of the conversation. */
  readonly usedToolIds: Set<string>;
  /** Names of the tools the model called, in order of first use. */
  readonly toolsUsed = new Set<string>();
  /** 1-based number of the running iteration. */
  iteration = 0;
  /** Position of the next tool call within the run. */
  nextOrdinal = 0;
  /** Visible text of the running model request; what is left of it when the turn is stopped. */
  partialText = '';
  /** True once that text was committed with the tool calls it came with. */
  partialInSession = false;
  emptyReplyGuardUsed = false;

  constructor(conversation: Conversation, guard: RepeatGuardOptions) {
    this.guard = new RepeatGuard(guard);
    this.usedToolIds = new Set(
      conversation.entries.flatMap((entry) =>
        entry.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])),
      ),
    );
  }
}
