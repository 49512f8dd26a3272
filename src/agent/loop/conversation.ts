/**
 * The model's context of one chat while a turn runs: the session's live entries, oldest first, with a summary (if
 * there is one) in front.
 *
 * Invariant: the list mirrors what is committed; an entry is added here only after its transaction succeeded.
 */
import type { ContentBlock, Message } from '../../llm/message.ts';
import { pairedMessages } from './paired-messages.ts';

export interface ConversationEntry {
  readonly entryId: number;
  readonly role: 'user' | 'assistant';
  readonly kind: string;
  readonly runId: string | null;
  readonly content: readonly ContentBlock[];
}

/** Said by the assistant after a summary, so that the roles alternate. */
const SUMMARY_ACKNOWLEDGEMENT =
  'Understood. I have the summary of our earlier conversation and continue from there.';

export class Conversation {
  readonly chatId: number;
  readonly generation: number;
  #entries: ConversationEntry[];
  /** Input tokens of the newest request, as the provider counted them. */
  lastInputTokens: number;
  /** Characters appended since that request; the basis of the next estimate. */
  #charactersSince = 0;

  constructor(
    chatId: number,
    generation: number,
    entries: readonly ConversationEntry[],
    lastInputTokens: number,
  ) {
    this.chatId = chatId;
    this.generation = generation;
    this.lastInputTokens = lastInputTokens;
    this.#entries = summaryFirst(entries);
  }

  get entries(): readonly ConversationEntry[] {
    return this.#entries;
  }

  get length(): number {
    return this.#entries.length;
  }

  add(entry: ConversationEntry): void {
    this.#entries.push(entry);
    this.#charactersSince += contentCharacters(entry.content);
  }

  /** Replaces the first `count` entries by a summary. */
  replaceHead(count: number, summary: ConversationEntry): void {
    this.#entries = [summary, ...this.#entries.slice(count)];
    this.lastInputTokens = 0;
    this.#charactersSince = this.#entries.reduce((sum, entry) => sum + contentCharacters(entry.content), 0);
  }

  /** Notes what the provider counted for a request that held everything so far. */
  noteInputTokens(tokens: number): void {
    this.lastInputTokens = tokens;
    this.#charactersSince = 0;
  }

  /** Tokens the next request will have at least: the last count plus four characters a token for what came since. */
  estimateTokens(): number {
    return this.lastInputTokens + Math.ceil(this.#charactersSince / 4);
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
      push(entry.role, entry.content);
      if (entry.kind === 'summary') push('assistant', [{ type: 'text', text: SUMMARY_ACKNOWLEDGEMENT }]);
    }
    return pairedMessages(merged);
  }
}

function summaryFirst(entries: readonly ConversationEntry[]): ConversationEntry[] {
  const summaries = entries.filter((entry) => entry.kind === 'summary');
  return [...summaries, ...entries.filter((entry) => entry.kind !== 'summary')];
}

/** Characters of a block list as the model receives it, roughly. */
export function contentCharacters(content: readonly ContentBlock[]): number {
  let characters = 0;
  for (const block of content) {
    if (block.type === 'text' || block.type === 'thinking') characters += block.text.length;
    else if (block.type === 'tool_result') characters += block.content.length;
    else if (block.type === 'tool_use') characters += JSON.stringify(block.input).length + block.name.length;
  }
  return characters;
}
