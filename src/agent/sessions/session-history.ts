/**
 * A session's transcript in pages, with the runs in the page and their tool calls, so that a client can draw after a
 * reload what it saw live.
 *
 * Invariant: the size of an answer is bounded: at most 500 messages, and long tool texts are cut.
 */
import { isRecord, type JsonObject, parseJson } from '../../core/json.ts';
import { truncateUtf8 } from '../../core/text.ts';
import type { MessageRepository, StoredMessage } from '../../storage/repositories/message-repository.ts';
import type { Repositories } from '../../storage/repositories/repositories.ts';
import type { ToolCallRecord, ToolCallRepository } from '../../storage/repositories/tool-call-repository.ts';
import type { TurnRecord, TurnRepository } from '../../storage/repositories/turn-repository.ts';
import type { SessionDirectory } from './session-directory.ts';

export const MAX_HISTORY_MESSAGES = 500;
/** Bytes of a tool's output, and of each text of its input, in an answer. */
const MAX_TOOL_TEXT_BYTES = 8192;

export interface HistoryQuery {
  /** At most 500; 0 gives no messages. */
  readonly limit: number;
  /** Only messages before this `seq`; the page is the newest of them. */
  readonly beforeSeq?: number | undefined;
  /** Only messages after this `seq`; without `beforeSeq` the page is the oldest of them. */
  readonly afterSeq?: number | undefined;
}

export interface HistoryToolCall {
  readonly runId: string;
  readonly toolUseId: string;
  readonly name: string;
  readonly input: JsonObject;
  readonly summary: string;
  /** `null` while the call has not ended. */
  readonly output: string | null;
  /** The stored output, or a text of the input, is longer than what is shown. */
  readonly isCut: boolean;
  readonly isError: boolean;
  readonly statusCode: number | null;
  readonly errorType: string | null;
  readonly bytes: number | null;
  readonly durationMs: number | null;
  readonly artifactId: string | null;
  readonly state: ToolCallRecord['state'];
  readonly metadata: JsonObject | null;
  readonly startedAt: string;
}

/** What became of a run. */
export type HistoryRun = Pick<TurnRecord, 'runId' | 'state' | 'errorCode' | 'errorMessage' | 'errorHint'>;

export interface SessionHistoryPage {
  readonly sessionKey: string;
  readonly chatId: number;
  /** Oldest first. */
  readonly messages: readonly StoredMessage[];
  /** Of these messages, as far as they are stored; in no order. */
  readonly runs: readonly HistoryRun[];
  /** Of the runs of these messages, in the model's order within each run. */
  readonly toolCalls: readonly HistoryToolCall[];
  /** There are more messages beyond the page, in the direction it was asked for. */
  readonly hasMore: boolean;
}

export class SessionHistory {
  readonly #directory: SessionDirectory;
  readonly #messages: MessageRepository;
  readonly #turns: TurnRepository;
  readonly #toolCalls: ToolCallRepository;

  constructor(
    directory: SessionDirectory,
    { messages, turns, toolCalls }: Pick<Repositories, 'messages' | 'turns' | 'toolCalls'>,
  ) {
    this.#directory = directory;
    this.#messages = messages;
    this.#turns = turns;
    this.#toolCalls = toolCalls;
  }

  /** One page. Rejects with `MC_SESSION_NOT_FOUND`. */
  async page(key: string | null | undefined, query: HistoryQuery): Promise<SessionHistoryPage> {
    const { chat, sessionKey } = await this.#directory.require(key);
    const limit = Math.min(Math.max(query.limit, 0), MAX_HISTORY_MESSAGES);
    const found = await this.#messages.page(chat.chatId, {
      limit: limit + 1,
      ...(query.beforeSeq === undefined ? {} : { beforeSeq: query.beforeSeq }),
      ...(query.afterSeq === undefined ? {} : { afterSeq: query.afterSeq }),
    });
    const forward = query.afterSeq !== undefined && query.beforeSeq === undefined;
    const messages = forward ? found.slice(0, limit) : found.slice(Math.max(0, found.length - limit));
    const runIds = [...new Set(messages.flatMap((message) => message.runId ?? []))];
    const [runs, toolCalls] = await Promise.all([
      this.#turns.listByIds(runIds),
      this.#toolCalls.listByRuns(runIds),
    ]);
    return {
      sessionKey,
      chatId: chat.chatId,
      messages,
      runs,
      toolCalls: toolCalls.map(toHistoryToolCall),
      hasMore: found.length > limit,
    };
  }
}

function toHistoryToolCall(call: ToolCallRecord): HistoryToolCall {
  const input = cutTexts(parseObject(call.inputJson) ?? {});
  const output = call.output === null ? null : truncateUtf8(call.output, MAX_TOOL_TEXT_BYTES);
  return {
    runId: call.runId,
    toolUseId: call.toolUseId,
    name: call.name,
    input: input.value,
    summary: call.summary,
    output,
    isCut: input.isCut || output !== call.output,
    isError: call.isError,
    statusCode: call.statusCode,
    errorType: call.errorType,
    bytes: call.bytes,
    durationMs: call.durationMs,
    artifactId: call.artifactId,
    state: call.state,
    metadata: call.metadataJson === null ? null : (parseObject(call.metadataJson) ?? null),
    startedAt: call.startedAt,
  };
}

function parseObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isRecord(value) ? (value as JsonObject) : undefined; // a record that came out of JSON holds only JSON values
}

function cutTexts(input: JsonObject): { readonly value: JsonObject; readonly isCut: boolean } {
  let isCut = false;
  const entries = Object.entries(input).map(([key, value]) => {
    if (typeof value !== 'string') return [key, value] as const;
    const cut = truncateUtf8(value, MAX_TOOL_TEXT_BYTES);
    isCut ||= cut !== value;
    return [key, cut] as const;
  });
  return { value: Object.fromEntries(entries), isCut };
}
