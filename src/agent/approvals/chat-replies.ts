/**
 * Messages that arrive while a call of their chat waits for a person.
 *
 * Invariants: only who asked for the turn, or the operator, answers, and an API key approves only with its scope; a
 * message that arrives twice answers once; an answer is stored in the transcript in the same transaction, and its
 * request becomes the waiting run; a bare approval that may have been meant for another question approves nothing: the
 * open one is put again; any other text of such a person denies the call, is passed on as the reason, and then goes the
 * way of every message.
 */
import type { Actor } from '../../core/actor.ts';
import type { IdSource } from '../../core/ids.ts';
import { sliceCodePoints } from '../../core/text.ts';
import type {
  ApprovalDecision,
  ApprovalRecord,
  ApprovalRepository,
} from '../../storage/repositories/approval-repository.ts';
import type { MessageRepository, NewMessage } from '../../storage/repositories/message-repository.ts';
import type { AcceptedTurn, TurnRequest } from '../turn-service-port.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import { approvalErrors } from './errors.ts';
import { parseReply } from './parse-reply.ts';

const MAX_NOTE_CHARS = 2000;
const OPERATORS: ReadonlySet<Actor['kind']> = new Set(['operator', 'local']);

export interface ChatReplyParts {
  readonly desk: ApprovalDesk;
  readonly approvals: Pick<ApprovalRepository, 'lastOther'>;
  readonly messages: MessageRepository;
  readonly ids: IdSource;
}

export class ChatReplies {
  readonly #parts: ChatReplyParts;

  constructor(parts: ChatReplyParts) {
    this.#parts = parts;
  }

  /**
   * The waiting run when the request was an answer to its question; `undefined` when it is a message like any other.
   * Rejects with `MC_APPROVAL_SCOPE_MISSING` when the sender may not approve.
   */
  async take(request: TurnRequest): Promise<AcceptedTurn | undefined> {
    const [open] = this.#parts.desk.openOfChat(request.chat.chatId);
    if (open === undefined || !mayAnswer(request.actor, open)) return undefined;
    const known = await this.#findRepeated(request);
    if (known !== undefined) return known;
    const decision = parseReply(request.text);
    if (decision === undefined) {
      await this.#answer(open, request, 'deny', sliceCodePoints(request.text, 0, MAX_NOTE_CHARS));
      return undefined;
    }
    if (decision !== 'deny' && request.mayApprove === false) {
      throw approvalErrors.create(
        'SCOPE_MISSING',
        'approving a tool call needs the scope operator.approvals',
      );
    }
    const waiting = {
      runId: open.runId,
      chatId: open.chatId,
      sessionKey: request.sessionKey,
      duplicate: false,
    };
    if (decision !== 'deny' && (await this.#isDoubtful(open, request))) {
      await this.#askAgain(open, request);
      return waiting;
    }
    return (await this.#answer(open, request, decision, null)) ? waiting : undefined;
  }

  /**
   * Whether the reply may have been meant for another question: one of the chat was put, ran out of time, was cancelled
   * or was answered by somebody else, and its sender has written nothing since. Two questions can be open at once, and
   * a reply can be on its way while its question ends and the next one is put.
   */
  async #isDoubtful(open: ApprovalRecord, { actor, senderName }: TurnRequest): Promise<boolean> {
    const { approvals, messages } = this.#parts;
    const other = await approvals.lastOther(open, actor.id);
    return other !== null && !(await messages.hasSpokenSince(open.chatId, senderName, other));
  }

  /** Stores the reply, which makes the next one clear, and puts the question again. */
  async #askAgain(open: ApprovalRecord, request: TurnRequest): Promise<void> {
    const { desk, messages } = this.#parts;
    await messages.insert(this.#message(open, request));
    desk.askAgain(open.approvalId);
  }

  /**
   * A message that came before decided about the question of then: it must not decide about the one that is open now.
   */
  async #findRepeated(request: TurnRequest): Promise<AcceptedTurn | undefined> {
    const { chat, platformMessageId, sessionKey } = request;
    if (platformMessageId === undefined) return undefined;
    const runId = await this.#parts.messages.findRun(chat.chatId, platformMessageId);
    return runId === undefined ? undefined : { runId, chatId: chat.chatId, sessionKey, duplicate: true };
  }

  /** False when somebody else was faster, or the question's time is over. */
  async #answer(
    open: ApprovalRecord,
    request: TurnRequest,
    decision: ApprovalDecision,
    note: string | null,
  ): Promise<boolean> {
    const { desk, messages } = this.#parts;
    const reply = messages.insertStatements(this.#message(open, request));
    try {
      const answer = { decision, note, answeredBy: request.actor.id };
      await desk.answer(open.approvalId, answer, note === null ? reply : []);
      return true;
    } catch (error) {
      if (approvalErrors.is(error, 'CLOSED') || approvalErrors.is(error, 'NOT_FOUND')) return false;
      throw error;
    }
  }

  /** The reply as a message of the transcript. */
  #message(open: ApprovalRecord, request: TurnRequest): NewMessage {
    return {
      id: request.platformMessageId ?? this.#parts.ids.rowId(),
      chatId: open.chatId,
      senderName: request.senderName,
      content: request.text,
      isFromBot: false,
      runId: open.runId,
    };
  }
}

function mayAnswer(actor: Actor, open: ApprovalRecord): boolean {
  if (actor.kind === 'hook') return false;
  if (OPERATORS.has(actor.kind)) return true;
  return actor.kind === open.requesterKind && actor.id === open.requesterId;
}
