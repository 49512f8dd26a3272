/**
 * Finds the chat that a session key means. Every route uses this one resolver, so reading and writing agree.
 *
 * Invariants: reading never creates a chat; a chat that was removed or renamed is never answered from memory; the
 * memory is bounded.
 */
import type { ChatRef } from '../../core/chat.ts';
import type { ChatRepository } from '../../storage/repositories/chat-repository.ts';
import { sessionErrors, sessionNotFound } from './errors.ts';
import { isWebChat, normalizeSessionKey, parseSessionKey, sessionKeyOf } from './session-key.ts';

/** A chat with the key it is listed under. */
export interface ResolvedSession {
  readonly chat: ChatRef;
  readonly sessionKey: string;
}

const MAX_CACHED = 1024;
const HEADLESS_PREFIX = 'headless:';

export class SessionDirectory {
  readonly #chats: ChatRepository;
  /** Least recently used first. */
  readonly #cache = new Map<string, ResolvedSession>();
  /** Raised by `forget`, so that a lookup that began before does not store what it found. */
  #generation = 0;

  constructor(chats: ChatRepository) {
    this.#chats = chats;
  }

  /** The chat of a key, or `undefined`. */
  async find(key: string | null | undefined): Promise<ResolvedSession | undefined> {
    const wanted = normalizeSessionKey(key);
    const cached = this.#cache.get(wanted);
    if (cached !== undefined) return this.#remember(wanted, cached);
    const generation = this.#generation;
    const chat = await this.#lookUp(wanted);
    if (chat === undefined) return undefined;
    const session = { chat, sessionKey: sessionKeyOf(chat) };
    return generation === this.#generation ? this.#remember(wanted, session) : session;
  }

  /** The chat of a key; rejects with `MC_SESSION_NOT_FOUND`. */
  async require(key: string | null | undefined): Promise<ResolvedSession> {
    const session = await this.find(key);
    if (session === undefined) throw sessionNotFound();
    return session;
  }

  /**
   * The web chat to write to, created when there is none. Rejects with `MC_SESSION_READ_ONLY` for chats of other
   * channels and for an unknown `chat:<id>`.
   */
  async ensureWritable(key: string | null | undefined): Promise<ResolvedSession> {
    const wanted = normalizeSessionKey(key);
    const known = await this.find(wanted);
    if (known !== undefined && isWebChat(known.chat)) return known;
    if (known !== undefined || parseSessionKey(wanted).kind === 'chat') throw readOnly();
    const generation = this.#generation;
    const chat = await this.#chats.ensure({
      channel: 'web',
      externalId: wanted,
      title: wanted,
      kind: 'private',
    });
    const session = { chat, sessionKey: wanted };
    return generation === this.#generation ? this.#remember(wanted, session) : session;
  }

  /** The terminal's conversation of that name, created when there is none. Only commands on this machine may use it. */
  async ensureHeadless(name: string): Promise<ResolvedSession> {
    const externalId = `${HEADLESS_PREFIX}${name}`;
    const chat = await this.#chats.ensure({
      channel: 'headless',
      externalId,
      title: externalId,
      kind: 'private',
    });
    return { chat, sessionKey: sessionKeyOf(chat) };
  }

  /** Call after a chat was removed or renamed. */
  forget(chatId: number): void {
    this.#generation += 1;
    for (const [key, session] of this.#cache) if (session.chat.chatId === chatId) this.#cache.delete(key);
  }

  async #lookUp(key: string): Promise<ChatRef | undefined> {
    const parsed = parseSessionKey(key);
    if (parsed.kind === 'chat') return this.#chats.findById(parsed.chatId);
    const byKey = await this.#chats.findByExternal({ channel: 'web', externalId: parsed.key });
    return byKey ?? this.#chats.findWebByTitle(parsed.key);
  }

  #remember(key: string, session: ResolvedSession): ResolvedSession {
    this.#cache.delete(key);
    this.#cache.set(key, session);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= MAX_CACHED) break;
      this.#cache.delete(oldest);
    }
    return session;
  }
}

function readOnly() {
  return sessionErrors.create('READ_ONLY', 'this channel is read-only in Web UI; use source channel to send');
}
