/**
 * The model's context of one chat while a turn runs: the session's live entries, oldest first, with a summary (if
 * there is one) in front.
 *
 * Invariants: the list mirrors what is committed; an entry is added here only after its transaction succeeded. What is
 * sent may be shorter than that (`shorten`), never longer.
 */
import type { ContentBlock, Message } from '../../llm/message.ts';
import { pairedMessages } from './paired-messages.ts';
import { shortenResults, shortenTexts } from './shortened-content.ts';

export interface ConversationEntry {
  readonly entryId: number;
  readonly role: 'user' | 'assistant';
  readonly kind: string;
  readonly runId: string | null;
  readonly content: readonly ContentBlock[];
  /** Length of the content as it is stored. */
  readonly characters: number;
}

/** Said by the assistant after a summary, so that the roles alternate. */
const SUMMARY_ACKNOWLEDGEMENT =
  'Understood. I have the summary of our earlier conversation and continue from there.';
/** Few languages and formats have fewer characters a token, so estimates are rather too low than too high. */
const CHARACTERS_PER_TOKEN = 4;

export class Conversation {
  readonly chatId: number;
  readonly generation: number;
  #entries: ConversationEntry[];
  /** Input tokens of the newest request, as the provider counted them; 0 when there is no valid count. */
  #countedTokens: number;
  /** Characters that came, less those that were shortened away, since that request. */
  #charactersSince = 0;
  /** Characters of everything that is sent. */
  #characters: number;
  /** What is sent instead of an entry's content, by entry id. */
  readonly #shortened = new Map<number, readonly ContentBlock[]>();

  constructor(
    chatId: number,
    generation: number,
    entries: readonly ConversationEntry[],
    countedTokens: number,
  ) {
    this.chatId = chatId;
    this.generation = generation;
    this.#countedTokens = countedTokens;
    this.#entries = summaryFirst(entries);
    this.#characters = charactersOf(entries);
  }

  get entries(): readonly ConversationEntry[] {
    return this.#entries;
  }

  get length(): number {
    return this.#entries.length;
  }

  add(entry: ConversationEntry): void {
    this.#entries.push(entry);
    this.#noteChange(entry.characters);
  }

  /** Replaces the first `count` entries by a summary. */
  replaceHead(count: number, summary: ConversationEntry): void {
    for (const entry of this.#entries.slice(0, count)) this.#shortened.delete(entry.entryId);
    this.#entries = [summary, ...this.#entries.slice(count)];
    this.#countedTokens = 0;
    this.#charactersSince = 0;
    this.#characters = this.#entries.reduce(
      (sum, entry) => sum + contentCharacters(this.#sentContent(entry)),
      0,
    );
  }

  /** Notes what the provider counted for a request that held everything so far. */
  noteInputTokens(tokens: number): void {
    this.#countedTokens = tokens;
    this.#charactersSince = 0;
  }

  /**
   * Tokens the next request will have at least: the provider's last count and what came since, but not less than
   * everything's length suggests (a request that failed was never counted; some providers count nothing).
   */
  estimateTokens(): number {
    const counted = this.#countedTokens + this.#charactersSince / CHARACTERS_PER_TOKEN;
    return Math.ceil(Math.max(counted, this.#characters / CHARACTERS_PER_TOKEN));
  }

  /**
   * The entry with the request of a run: the last of what people wrote in it. Before it may stand messages that no
   * request brought in. `undefined` once it was summarised.
   */
  requestOf(runId: string): ConversationEntry | undefined {
    return this.#entries.findLast(
      (entry) => entry.runId === runId && entry.role === 'user' && entry.kind === 'message',
    );
  }

  /**
   * Shortens what is sent until the estimate is at most `targetTokens`: the oldest tool results first, then the oldest
   * texts. The request of `runId` and summaries stay whole. Returns how many entries were shortened.
   */
  shorten(targetTokens: number, runId: string): number {
    let count = 0;
    // An answer to half a question is worse than an error.
    const request = this.requestOf(runId);
    for (const shorter of [shortenResults, shortenTexts]) {
      for (const entry of this.#entries) {
        if (this.estimateTokens() <= targetTokens) return count;
        if (entry.kind === 'summary' || entry === request) continue;
        const before = this.#sentContent(entry);
        const after = shorter(before);
        if (after === undefined) continue;
        this.#shortened.set(entry.entryId, after);
        this.#noteChange(contentCharacters(after) - contentCharacters(before));
        count += 1;
      }
    }
    return count;
  }

  /** Messages for the model: adjacent entries of one role merged as block lists, every call with its result. */
  toMessages(): readonly Message[] {
    const merged: { role: 'user' | 'assistant'; content: ContentBlock[] }[] = [];
    const push = (role: 'user' | 'assistant', content: readonly ContentBlock[]) => {
      const last = merged.at(-1);
      if (last?.role === role) last.content.push(...content);
      else merged.push({ role, content: [...content] });
    };
    for (const entry of this.#entries) {
      push(entry.role, this.#sentContent(entry));
      if (entry.kind === 'summary') push('assistant', [{ type: 'text', text: SUMMARY_ACKNOWLEDGEMENT }]);
    }
    return pairedMessages(merged);
  }

  #sentContent(entry: ConversationEntry): readonly ContentBlock[] {
    return this.#shortened.get(entry.entryId) ?? entry.content;
  }

  #noteChange(characters: number): void {
    this.#characters += characters;
    this.#charactersSince += characters;
  }
}

function summaryFirst(entries: readonly ConversationEntry[]): ConversationEntry[] {
  const summaries = entries.filter((entry) => entry.kind === 'summary');
  return [...summaries, ...entries.filter((entry) => entry.kind !== 'summary')];
}

function charactersOf(entries: readonly ConversationEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.characters, 0);
}

/** Characters of a block list as the model receives it, roughly. */
function contentCharacters(content: readonly ContentBlock[]): number {
  return content.reduce((sum, block) => sum + JSON.stringify(block).length, 0);
}
