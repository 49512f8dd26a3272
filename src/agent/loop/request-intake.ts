/**
 * Stores a request before it is acknowledged, and begins its turn in the same commit when its chat has nothing else to
 * do: a commit and two waits for the database less than one after the other.
 *
 * Invariants: a request that cannot begin at once is accepted all the same and begins as one that had to wait does; a
 * chat that plans never begins here, because its mode may have to change in the same commit.
 */
import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/ids.ts';
import type { AcceptOutcome, InboxRepository } from '../../storage/repositories/inbox-repository.ts';
import type { Lease } from '../../storage/repositories/turn-repository.ts';
import type { PlanMode } from '../plan-mode/plan-mode.ts';
import type { PromptBuilder } from '../prompt/prompt-builder.ts';
import type { TurnRequest } from '../turn-service-port.ts';
import { TurnStop } from '../turn-stop.ts';
import type { Conversation, ConversationEntry } from './conversation.ts';
import { type ConversationLoader, type StoredConversation, userEntry } from './conversation-loader.ts';
import { toNewEntry } from './entry-draft.ts';
import type { HeadStart } from './head-start.ts';

export interface RequestIntakeParts {
  readonly inbox: InboxRepository;
  readonly loader: ConversationLoader;
  readonly prompt: PromptBuilder;
  readonly plans: PlanMode;
  readonly lease: () => Lease;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export class RequestIntake {
  readonly #parts: RequestIntakeParts;

  constructor(parts: RequestIntakeParts) {
    this.#parts = parts;
  }

  /** Stores a request that has to wait. Rejects with `MC_STORAGE_*` when it could not be stored. */
  async store(
    request: TurnRequest,
  ): Promise<{ readonly outcome: AcceptOutcome; readonly headStart?: HeadStart }> {
    return { outcome: await this.#parts.inbox.accept(this.#itemOf(request)) };
  }

  /** As `store`, for a request that may begin at once: nothing else of its chat can begin meanwhile. */
  async storeAndBegin(
    request: TurnRequest,
  ): Promise<{ readonly outcome: AcceptOutcome; readonly headStart?: HeadStart }> {
    const { inbox, loader, prompt, plans, lease, clock } = this.#parts;
    const { chat, senderName, text } = request;
    if (plans.isPlanning(chat.chatId)) return this.store(request);
    const entry = userEntry([{ senderName, content: text }]);
    const newEntry = toNewEntry(entry);
    // Both travel in one message to the database thread: what it has read is unpacked here while it writes.
    const loading = loader.loadStored(chat.chatId);
    const accepting = inbox.accept(this.#itemOf(request), { entry: newEntry, lease: lease() });
    const conversation = Promise.all([accepting, loading]).then(([outcome, stored]) =>
      withRequest(outcome, stored, { ...entry, characters: newEntry.contentJson.length }),
    );
    // Whoever runs the turn awaits it and meets the failure there.
    conversation.catch(() => {});
    const system = prompt.build({ chat, nowMs: clock.now(), isPlanning: false });
    const outcome = await accepting;
    const hasBegun = outcome.kind === 'accepted' && outcome.entryId !== undefined;
    return { outcome, headStart: { conversation: hasBegun ? conversation : undefined, system } };
  }

  #itemOf({ chat, sessionKey, actor, principal, platformMessageId, senderName, text }: TurnRequest) {
    const { ids } = this.#parts;
    return {
      runId: ids.rowId(),
      messageId: platformMessageId ?? ids.rowId(),
      chatId: chat.chatId,
      sessionKey,
      channel: chat.channel,
      account: '',
      platformMessageId: platformMessageId ?? null,
      actorKind: actor.kind,
      actorId: actor.id,
      principal: principal ?? 'main',
      senderName,
      content: text,
    };
  }
}

/**
 * The conversation with its newest entry. It was read before the request was written, unless the thread was writing for
 * somebody else: then afterwards, which the session's cursor tells, and what is missing by now was reset.
 */
function withRequest(
  outcome: AcceptOutcome,
  stored: StoredConversation | undefined,
  entry: Omit<ConversationEntry, 'entryId' | 'runId'>,
): Conversation {
  if (stored === undefined || outcome.kind !== 'accepted' || outcome.entryId === undefined)
    throw new TurnStop('gone');
  const { conversation, lastMessageId } = stored;
  const { item, entryId } = outcome;
  if (lastMessageId < item.messageSeq) conversation.add({ ...entry, entryId, runId: item.runId });
  if (conversation.entries.at(-1)?.entryId !== entryId) throw new TurnStop('gone');
  return conversation;
}
