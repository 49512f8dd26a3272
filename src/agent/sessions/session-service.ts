/**
 * What surfaces do with sessions besides talking: list, read, fork, clear and delete them.
 *
 * Invariants: reading, clearing and deleting never create a chat; runs of a chat are stopped before its data goes;
 * forking copies inside the database, so deleting the source later leaves the fork as it is.
 */
import type { ChatRef } from '../../core/chat.ts';
import type { IdSource } from '../../core/ids.ts';
import type { ChatCursor, ChatListItem, ChatRepository } from '../../storage/repositories/chat-repository.ts';
import type { SessionRepository } from '../../storage/repositories/session-repository.ts';
import type { TurnService } from '../turn-service-port.ts';
import { sessionErrors, sessionNotFound } from './errors.ts';
import type { SessionDirectory } from './session-directory.ts';
import { isWebChat, normalizeSessionKey, parseSessionKey, sessionKeyOf } from './session-key.ts';
import { sessionLabel } from './session-label.ts';

/** The runs of chats, as far as this service must know of them. */
export type SessionRuns = Pick<TurnService, 'abortChat' | 'waitForEnd'> & {
  /** The run a chat is working on or has waiting, if any. */
  activeRunOf(chatId: number): string | undefined;
  /** Whether a call in the chat waits for a person. */
  isWaitingForApproval(chatId: number): boolean;
};

/** The mode of chats that plan. */
export interface ChatPlans {
  isPlanning(chatId: number): boolean;
  hasPlan(chatId: number): boolean;
  dropPlan(chatId: number): Promise<void>;
  leave(chatId: number): Promise<boolean>;
}

/** Clears the todo list that tools keep in a chat's directory. */
export interface ChatTodos {
  clear(chat: ChatRef): Promise<void>;
}

/** Erases what a chat has outside of the database: memory, todo list, archives of its conversation. */
export interface ChatFiles {
  erase(chat: ChatRef): Promise<void>;
}

export interface SessionListItem {
  readonly sessionKey: string;
  readonly label: string;
  readonly chatId: number;
  readonly channel: string;
  readonly lastMessageTime: string;
  readonly lastMessagePreview: string | null;
  readonly createdAt: string;
  /** The run that is queued or running in this chat. */
  readonly activeRunId: string | null;
  readonly waitingApproval: boolean;
  /** The chat plans: only read-only tools work. */
  readonly planMode: boolean;
  /** A plan waits for approval. */
  readonly planReady: boolean;
}

export interface SessionListPage {
  readonly sessions: readonly SessionListItem[];
  /** Where the next page begins, or `null` at the end. */
  readonly next: ChatCursor | null;
}

export interface SessionListQuery {
  /** 1–400. */
  readonly limit: number;
  readonly before?: ChatCursor | undefined;
  readonly query?: string | undefined;
  readonly channel?: string | undefined;
}

export interface SessionTreeNode {
  readonly chatId: number;
  readonly sessionKey: string;
  readonly label: string;
  readonly parentSessionKey: string | null;
  readonly forkPoint: number | null;
  readonly updatedAt: string;
}

export interface ForkOrder {
  readonly sourceKey: string;
  /** A new key made from the source's when absent. */
  readonly targetKey?: string | null | undefined;
  /** Leading messages to copy; all when absent. */
  readonly forkPoint?: number | null | undefined;
  readonly overwrite: boolean;
}

export interface ForkedSession {
  readonly sourceSessionKey: string;
  readonly sourceChatId: number;
  readonly targetSessionKey: string;
  readonly targetChatId: number;
  readonly forkPoint: number;
}

/** Newest sessions in one answer, and the default. */
export const MAX_SESSIONS_PER_PAGE = 400;

/** How long a removal waits for stopped runs to end. Late writes of a run are refused by the session's generation. */
const STOP_WAIT_MS = 5000;
const FORK_SUFFIX_BYTES = 4;

export interface SessionServiceParts {
  readonly chats: ChatRepository;
  readonly sessions: SessionRepository;
  readonly directory: SessionDirectory;
  readonly runs: SessionRuns;
  readonly todos: ChatTodos;
  readonly files: ChatFiles;
  readonly plans: ChatPlans;
  readonly ids: IdSource;
}

export class SessionService {
  readonly #parts: SessionServiceParts;

  constructor(parts: SessionServiceParts) {
    this.#parts = parts;
  }

  /** Sessions by newest message, newest first. */
  async list(query: SessionListQuery): Promise<SessionListPage> {
    const limit = Math.min(Math.max(query.limit, 1), MAX_SESSIONS_PER_PAGE);
    const rows = await this.#parts.chats.list({
      limit: limit + 1,
      ...(query.before === undefined ? {} : { before: query.before }),
      ...(query.query === undefined ? {} : { query: query.query }),
      ...(query.channel === undefined ? {} : { channel: query.channel }),
    });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      sessions: page.map((chat) => this.#listItem(chat)),
      next: last === undefined ? null : { lastMessageTime: last.lastMessageTime, chatId: last.chatId },
    };
  }

  /** Sessions and where they were forked from, the one changed last first. */
  async tree(limit: number): Promise<readonly SessionTreeNode[]> {
    const nodes = await this.#parts.chats.tree(limit);
    return nodes.map((node) => ({
      chatId: node.chatId,
      sessionKey: sessionKeyOf(node),
      label: sessionLabel(node),
      parentSessionKey: node.parentSessionKey,
      forkPoint: node.forkPoint,
      updatedAt: node.updatedAt,
    }));
  }

  /**
   * Copies a session into a new web chat. Rejects with `MC_SESSION_NOT_FOUND`, `_EXISTS`, `_INVALID_KEY` or (to
   * overwrite a chat of another channel) `_READ_ONLY`.
   */
  async fork(order: ForkOrder): Promise<ForkedSession> {
    const { directory, sessions, files, plans } = this.#parts;
    const sourceKey = normalizeSessionKey(order.sourceKey);
    const targetKey = this.#forkTarget(sourceKey, order.targetKey);
    const source = await directory.require(sourceKey);
    const target = await directory.find(targetKey);
    if (targetKey === sourceKey || target?.chat.chatId === source.chat.chatId) {
      throw sessionErrors.create('INVALID_KEY', 'target_session_key must differ from source_session_key');
    }
    if (target !== undefined && !order.overwrite) throw targetExists();
    if (target !== undefined) await this.#stopRuns(target.chat.chatId);
    const outcome = await sessions.fork({
      sourceChatId: source.chat.chatId,
      sourceSessionKey: source.sessionKey,
      targetSessionKey: targetKey,
      overwrite: order.overwrite,
      ...(order.forkPoint === undefined || order.forkPoint === null ? {} : { forkPoint: order.forkPoint }),
    });
    if (outcome.kind === 'target_exists') throw targetExists();
    if (outcome.kind === 'source_missing') throw sessionNotFound();
    if (target !== undefined) {
      directory.forget(target.chat.chatId);
      await files.erase(target.chat);
      await plans.leave(target.chat.chatId);
    }
    return {
      sourceSessionKey: source.sessionKey,
      sourceChatId: source.chat.chatId,
      targetSessionKey: targetKey,
      targetChatId: outcome.chatId,
      forkPoint: outcome.forkPoint,
    };
  }

  /**
   * Clears the model's context and the todo list; of a web chat also the transcript. Tasks, memories and usage stay.
   * False when there is no such session or nothing to clear.
   */
  async reset(key: string | null | undefined): Promise<boolean> {
    const session = await this.#parts.directory.find(key);
    if (session === undefined) return false;
    const { chat } = session;
    await this.#stopRuns(chat.chatId);
    await this.#parts.todos.clear(chat);
    await this.#parts.plans.dropPlan(chat.chatId);
    return this.#parts.chats.resetContext(chat.chatId, { messages: isWebChat(chat) });
  }

  /**
   * Erases a chat of any channel with everything that belongs to it; what its tools made in the working directory
   * stays. False when there is no such session.
   */
  async remove(key: string | null | undefined): Promise<boolean> {
    const session = await this.#parts.directory.find(key);
    if (session === undefined) return false;
    const { chat } = session;
    await this.#stopRuns(chat.chatId);
    await this.#parts.files.erase(chat);
    await this.#parts.plans.leave(chat.chatId);
    const removed = await this.#parts.chats.deleteCompletely(chat.chatId);
    this.#parts.directory.forget(chat.chatId);
    return removed;
  }

  #listItem(chat: ChatListItem): SessionListItem {
    return {
      sessionKey: sessionKeyOf(chat),
      label: sessionLabel(chat),
      chatId: chat.chatId,
      channel: chat.channel,
      lastMessageTime: chat.lastMessageTime,
      lastMessagePreview: chat.lastMessagePreview,
      createdAt: chat.createdAt,
      activeRunId: this.#parts.runs.activeRunOf(chat.chatId) ?? null,
      waitingApproval: this.#parts.runs.isWaitingForApproval(chat.chatId),
      planMode: this.#parts.plans.isPlanning(chat.chatId),
      planReady: this.#parts.plans.hasPlan(chat.chatId),
    };
  }

  #forkTarget(sourceKey: string, requested: string | null | undefined): string {
    const trimmed = requested?.trim() ?? '';
    if (trimmed === '') {
      const base = sourceKey.replace(':', '-');
      return `${base}-fork-${this.#parts.ids.hex(FORK_SUFFIX_BYTES)}`;
    }
    if (trimmed === sourceKey) return trimmed;
    if (parseSessionKey(trimmed).kind === 'chat') {
      throw sessionErrors.create('INVALID_KEY', 'target_session_key must not be of the form chat:<id>');
    }
    return trimmed;
  }

  async #stopRuns(chatId: number): Promise<void> {
    const { runs } = this.#parts;
    await runs.abortChat(chatId);
    const limit = AbortSignal.timeout(STOP_WAIT_MS);
    for (let runId = runs.activeRunOf(chatId); runId !== undefined; runId = runs.activeRunOf(chatId)) {
      const ended = await runs.waitForEnd(runId, limit).then(
        () => true,
        (error: unknown) => {
          if (limit.aborted) return false;
          throw error;
        },
      );
      if (!ended) return;
      // The run is taken off the list right after its last event.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (runs.activeRunOf(chatId) === runId) return;
    }
  }
}

function targetExists() {
  return sessionErrors.create('EXISTS', 'target session already exists');
}
