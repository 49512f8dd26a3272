/**
 * Everything a turn writes, step by step. The conversation in memory changes only after the matching transaction was
 * committed.
 */
import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/ids.ts';
import type { ModelResponse, RequestKind } from '../../llm/model-port.ts';
import type { Repositories } from '../../storage/repositories/repositories.ts';
import type {
  Lease,
  NewEntry,
  SessionWriter,
  TurnEnd,
  TurnPhase,
} from '../../storage/repositories/turn-repository.ts';
import type { WriteStatement } from '../../storage/storage.ts';
import type { ActiveTurn } from './active-turn.ts';
import type { Conversation } from './conversation.ts';
import { type EntryDraft, toNewEntry } from './entry-draft.ts';

export interface TurnStep {
  readonly entries: readonly EntryDraft[];
  readonly phase: TurnPhase;
  readonly iteration: number;
  readonly extra?: readonly WriteStatement[];
}

/** How a turn ended, as it is stored and shown. */
export interface TurnOutcome {
  readonly state: TurnEnd['state'];
  readonly response: string | null;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string | null };
  /** The message people see in the transcript. */
  readonly transcript: string;
  readonly entries: readonly EntryDraft[];
  readonly extra: readonly WriteStatement[];
}

export class TurnRecorder {
  readonly #repositories: Repositories;
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #botName: string;

  constructor(repositories: Repositories, clock: Clock, ids: IdSource, botName: string) {
    this.#repositories = repositories;
    this.#clock = clock;
    this.#ids = ids;
    this.#botName = botName;
  }

  /** Claims the request and commits what the turn begins with, together with `extra`. */
  async begin(
    turn: ActiveTurn,
    conversation: Conversation,
    entries: readonly EntryDraft[],
    lease: Lease,
    extra: readonly WriteStatement[] = [],
  ): Promise<void> {
    const stored = entries.map(toNewEntry);
    const ids = await this.#repositories.turns.begin(writerOf(turn, conversation), {
      entries: stored,
      lastMessageSeq: turn.item.messageSeq,
      lease,
      extra,
    });
    addEntries(turn, conversation, entries, stored, ids);
  }

  /** Commits one step of the loop. */
  async append(turn: ActiveTurn, conversation: Conversation, step: TurnStep): Promise<void> {
    const stored = step.entries.map(toNewEntry);
    const ids = await this.#repositories.turns.append(writerOf(turn, conversation), {
      entries: stored,
      phase: step.phase,
      iteration: step.iteration,
      extra: step.extra ?? [],
    });
    addEntries(turn, conversation, step.entries, stored, ids);
  }

  /** Commits the end of the turn together with its visible answer. */
  async finish(turn: ActiveTurn, conversation: Conversation, outcome: TurnOutcome): Promise<void> {
    const extra = [...outcome.extra, ...this.botMessage(turn, outcome.transcript)];
    const { turns } = this.#repositories;
    await turns.finish(
      writerOf(turn, conversation),
      this.endOf(turn, outcome),
      outcome.entries.map(toNewEntry),
      extra,
    );
  }

  /** Ends a turn whose session cannot be written any more, or that never began. */
  async close(
    turn: ActiveTurn,
    outcome: TurnOutcome,
    options: { readonly inTranscript: boolean },
  ): Promise<void> {
    const extra = options.inTranscript ? this.botMessage(turn, outcome.transcript) : [];
    await this.#repositories.turns.close(turn.item.runId, this.endOf(turn, outcome), extra);
  }

  /** Statements that put an answer into the transcript people see. */
  botMessage(
    turn: { readonly item: { readonly runId: string; readonly chatId: number } },
    text: string,
  ): readonly WriteStatement[] {
    return this.#repositories.messages.insertStatements({
      id: this.#ids.rowId(),
      chatId: turn.item.chatId,
      senderName: this.#botName,
      content: text,
      isFromBot: true,
      timestampMs: this.#clock.now(),
      runId: turn.item.runId,
    });
  }

  /** The ledger row of one model request, and the session's count; empty when the provider reported no usage. */
  usage(turn: ActiveTurn, response: ModelResponse, requestKind: RequestKind): readonly WriteStatement[] {
    if (response.usage === undefined) return [];
    const { inputTokens } = response.usage;
    const counted = this.#repositories.sessions.lastInputTokensStatement(turn.item.chatId, inputTokens);
    return [
      ...(requestKind === 'agent_loop' ? [counted] : []),
      this.#repositories.usage.insertStatement({
        chatId: turn.item.chatId,
        runId: turn.item.runId,
        callerChannel: turn.chat.channel,
        provider: response.provider,
        model: response.model,
        inputTokens,
        outputTokens: response.usage.outputTokens,
        cacheReadTokens: response.usage.cacheReadTokens,
        cacheWriteTokens: response.usage.cacheWriteTokens,
        costMicroUsd: response.costMicroUsd ?? null,
        requestKind,
        durationMs: Math.round(response.durationMs),
      }),
    ];
  }

  /** The end as the `turns` table has it; its event is the next one of the run. */
  endOf(turn: Pick<ActiveTurn, 'run'>, outcome: TurnOutcome): TurnEnd {
    return {
      state: outcome.state,
      response: outcome.response,
      errorCode: outcome.error?.code ?? null,
      errorMessage: outcome.error?.message ?? null,
      errorHint: outcome.error?.hint ?? null,
      foldedInto: null,
      lastEventSeq: turn.run.lastSeq + 1,
    };
  }
}

function writerOf(turn: ActiveTurn, conversation: Conversation): SessionWriter {
  return { runId: turn.item.runId, chatId: turn.item.chatId, generation: conversation.generation };
}

function addEntries(
  turn: ActiveTurn,
  conversation: Conversation,
  entries: readonly EntryDraft[],
  stored: readonly NewEntry[],
  ids: readonly number[],
): void {
  entries.forEach((entry, index) => {
    const characters = stored[index]?.contentJson.length ?? 0;
    conversation.add({ ...entry, entryId: ids[index] ?? 0, runId: turn.item.runId, characters });
  });
}
