/**
 * Reads the model's context of a chat at the start of a turn.
 *
 * The session's live entries are the context. Transcript messages that no run has taken in (stored by webhooks, or of a
 * chat that has a transcript but no session yet) are added as user text; which ones is decided by the session's cursor,
 * never by a timestamp.
 */
import { isRecord, parseJson } from '../../core/json.ts';
import type { ContentBlock } from '../../llm/message.ts';
import type { Repositories } from '../../storage/repositories/repositories.ts';
import type { AgentOptions } from '../agent-options.ts';
import type { ActiveTurn } from './active-turn.ts';
import { Conversation } from './conversation.ts';
import type { EntryDraft } from './entry-draft.ts';
import { wrapUserText } from './user-text.ts';

export interface LoadedTurn {
  readonly conversation: Conversation;
  /** Entries the turn begins with: unseen messages and the request itself. */
  readonly opening: readonly EntryDraft[];
}

export interface StoredConversation {
  readonly conversation: Conversation;
  /** The session's cursor: `seq` of the newest transcript message that is in it. */
  readonly lastMessageId: number;
}

type LoaderOptions = Pick<AgentOptions, 'maxHistoryMessages'>;

export class ConversationLoader {
  readonly #repositories: Repositories;
  readonly #options: LoaderOptions;

  constructor(repositories: Repositories, options: LoaderOptions) {
    this.#repositories = repositories;
    this.#options = options;
  }

  /** `preface` stands before the request in the model's context, outside of the marks of people's text. */
  async load(turn: ActiveTurn, preface?: string): Promise<LoadedTurn> {
    const { chatId, messageSeq } = turn.item;
    const [stored, unseen] = await Promise.all([
      this.loadStored(chatId),
      this.#repositories.messages.unclaimedBetween(chatId, 'cursor', messageSeq),
    ]);
    if (stored === undefined) return this.#rebuild(turn, preface);
    const { conversation } = stored;
    // On their own, so that they can be shortened or summarised when they are too much; the request cannot.
    const before = unseen.length === 0 ? [] : [userEntry(unseen)];
    return { conversation, opening: [...before, userEntry([requestOf(turn)], preface)] };
  }

  /** The session as it is stored; `undefined` when the chat has none. */
  async loadStored(chatId: number): Promise<StoredConversation | undefined> {
    const stored = await this.#repositories.sessions.load(chatId);
    if (stored === undefined) return undefined;
    const conversation = new Conversation(
      chatId,
      stored.session.generation,
      stored.entries.map((entry) => ({
        entryId: entry.entryId,
        role: entry.role,
        kind: entry.kind,
        runId: entry.runId,
        content: parseBlocks(entry.contentJson),
        characters: entry.contentJson.length,
      })),
      stored.session.lastInputTokens,
    );
    return { conversation, lastMessageId: stored.session.lastMessageId };
  }

  /** No session: the newest transcript messages become its first entries. */
  async #rebuild(turn: ActiveTurn, preface: string | undefined): Promise<LoadedTurn> {
    const { chatId, messageSeq } = turn.item;
    const history = await this.#repositories.messages.page(chatId, {
      limit: this.#options.maxHistoryMessages,
      beforeSeq: messageSeq,
    });
    const firstUser = history.findIndex((message) => !message.isFromBot);
    const opening = (firstUser === -1 ? [] : history.slice(firstUser)).map((message) =>
      message.isFromBot ? assistantEntry(message.content) : userEntry([message]),
    );
    const conversation = new Conversation(chatId, 0, [], 0);
    return { conversation, opening: [...opening, userEntry([requestOf(turn)], preface)] };
  }
}

export interface IncomingText {
  readonly senderName: string;
  readonly content: string;
}

function requestOf(turn: ActiveTurn): IncomingText {
  return { senderName: turn.item.senderName, content: turn.item.content };
}

/** What people wrote as one entry, after `preface`. */
export function userEntry(messages: readonly IncomingText[], preface?: string): EntryDraft {
  const wrapped = messages.map((message) => wrapUserText(message.senderName, message.content));
  const text = [...(preface === undefined ? [] : [preface]), ...wrapped].join('\n');
  return { role: 'user', kind: 'message', content: [{ type: 'text', text }] };
}

function assistantEntry(text: string): EntryDraft {
  return { role: 'assistant', kind: 'message', content: [{ type: 'text', text }] };
}

/** Stored by this program only; a damaged row, which does not look like blocks, counts as absent. */
export function parseBlocks(contentJson: string): readonly ContentBlock[] {
  const parsed = parseJson(contentJson);
  if (!Array.isArray(parsed) || !parsed.every(hasType)) return [];
  // The blocks were serialised from `ContentBlock[]` by this program; the check guards against a damaged row.
  return parsed as readonly ContentBlock[];
}

function hasType(block: unknown): boolean {
  return isRecord(block) && typeof block.type === 'string';
}
