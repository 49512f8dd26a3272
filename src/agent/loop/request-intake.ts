/**
 * Stores a request before it is acknowledged, and begins its turn in the same commit when its chat has nothing else to
 * do: a commit and two waits for the database less than one after the other.
 *
 * Invariants: a request that cannot begin at once is accepted all the same and begins as one that had to wait does; a
 * chat that plans never begins here, because its mode may have to change in the same commit.
 */
import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/ids.ts';
import type { AcceptOutcome, InboxRepository } from '../../storage/inbox-repository.ts';
import type { Lease } from '../../storage/turn-repository.ts';
import type { PlanMode } from '../plan-mode/plan-mode.ts';
import type { PromptBuilder, SystemPrompt } from '../prompt/prompt-builder.ts';
import type { TurnRequest } from '../turn-service-port.ts';
import { TurnStop } from '../turn-stop.ts';
import type { Conversation } from './conversation.ts';
import { type ConversationLoader, userEntry } from './conversation-loader.ts';
import { toNewEntry } from './turn-recorder.ts';

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
    const entry = toNewEntry(userEntry([{ senderName, content: text }]));
    const accepting = inbox.accept(this.#itemOf(request), { entry, lease: lease() });
    // Travels in the same message to the database thread, which reads after it has written.
    const loading = loader.loadStored(chat.chatId);
    const conversation = Promise.all([accepting, loading]).then(([outcome, stored]) => {
      const isNewest = outcome.kind === 'accepted' && stored?.entries.at(-1)?.entryId === outcome.entryId;
      if (stored === undefined || !isNewest) throw new TurnStop('gone');
      return stored;
    });
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
