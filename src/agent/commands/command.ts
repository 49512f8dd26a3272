/** The port of a slash command. Commands are answered at once, without a model, outside the chat's queue. */
import type { Actor } from '../../core/actor.ts';
import type { ChatRef } from '../../core/chat.ts';

export interface CommandContext {
  readonly chat: ChatRef;
  readonly actor: Actor;
  readonly sessionKey: string;
  readonly senderName: string;
  readonly isControlChat: boolean;
  /** False for a key without `operator.approvals`. */
  readonly mayApprove?: boolean;
  /** What followed the name, trimmed. */
  readonly args: string;
}

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** For `/help`: `/model [name|reset|here …]`. */
  readonly usage: string;
  readonly summary: string;
  /**
   * `admin`: operators and control chats only. `approver`: what the same request over HTTP needs `operator.approvals`
   * for; everybody but keys without that scope.
   */
  readonly level: 'everyone' | 'approver' | 'admin';
  run(context: CommandContext): Promise<string>;
}
