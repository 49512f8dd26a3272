/** What the three wire formats have in common: pieces of an answer and the form they are rendered to. */
import type { FakeToolCall, FakeUsage, ReplySpec } from './reply.ts';

export interface RenderedReply {
  /** Complete server-sent events, each with its blank line. */
  readonly events: readonly string[];
  /** The same answer as one document. */
  readonly document: unknown;
}

export interface RenderInput {
  readonly spec: ReplySpec;
  readonly model: string;
  readonly index: number;
  readonly usage: FakeUsage;
}

/** Text in pieces of `length` code points; by default halves, so that every answer streams. */
export function textPieces(text: string, length: number | undefined): readonly string[] {
  if (text === '') return [];
  const points = Array.from(text);
  const size = length ?? Math.max(1, Math.ceil(points.length / 2));
  const pieces: string[] = [];
  for (let start = 0; start < points.length; start += size) {
    pieces.push(points.slice(start, start + size).join(''));
  }
  return pieces;
}

export function argumentsOf(call: FakeToolCall): string {
  return call.rawArguments ?? JSON.stringify(call.input ?? {});
}

/** Arguments cut inside words and escapes, as real servers do. */
export function argumentPieces(call: FakeToolCall): readonly string[] {
  const text = argumentsOf(call);
  return text.length < 2 ? [text] : textPieces(text, Math.max(1, Math.ceil(text.length / 3)));
}

export function callId(call: FakeToolCall, replyIndex: number, position: number): string {
  return call.id ?? `call_${replyIndex}_${position + 1}`;
}

export function sseEvent(data: unknown, event?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return event === undefined ? `data: ${text}\n\n` : `event: ${event}\ndata: ${text}\n\n`;
}
