/** A chat's transcript as Markdown for people (tools §11, `export_chat`). */
import { formatTimestamp } from '../../core/clock.ts';

export interface TranscriptMessage {
  readonly senderName: string;
  readonly content: string;
  readonly isFromBot: boolean;
  /** As stored: UTC RFC 3339. */
  readonly timestamp: string;
}

/** Reads a transcript page by page, oldest message first, so that a long one is never held as a whole. */
export interface TranscriptSource {
  all(chatId: number): AsyncIterable<readonly TranscriptMessage[]>;
}

export function renderHeader(chatId: number, nowMs: number): string {
  return `# Chat Export: ${chatId}\n\nExported at ${formatTimestamp(nowMs)}\n`;
}

/** One block: who, when, what. */
export function renderMessage(message: TranscriptMessage): string {
  const name = message.isFromBot ? 'Bot' : oneLine(message.senderName);
  return `\n---\n\n**${name}** (${message.timestamp})\n\n${message.content.trimEnd()}\n`;
}

function oneLine(name: string): string {
  const line = name.replace(/[\s*]+/g, ' ').trim();
  return line === '' ? 'Unknown' : line;
}
