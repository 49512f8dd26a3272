/** The work for a turn that is done beside the commit that accepts its request. */
import type { SystemPrompt } from '../prompt/prompt-builder.ts';
import type { Conversation } from './conversation.ts';

/** What was done for a turn while its request was being stored. */
export interface HeadStart {
  /**
   * The conversation with the request, when the turn has begun: rejects when it could not be read, with a `TurnStop`
   * when the session was reset since. `undefined`: the turn has not begun.
   */
  readonly conversation: Promise<Conversation> | undefined;
  /** The prompt of a turn that does not plan; does not reject. */
  readonly system: Promise<SystemPrompt>;
}
