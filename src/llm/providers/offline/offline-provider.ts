/**
 * The provider `offline`: a deterministic command interpreter that stands in while no language model is configured
 * (DESIGN §7.6). It needs no network and no model, and says so.
 *
 * Invariants: the same conversation and tools give the same answer, call ids included; it calls only tools that the
 * request offers; no usage is reported, because no tokens were used.
 */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ContentBlock } from '../../message.ts';
import type { Provider, ProviderRequest, ProviderResult, ProviderSink } from '../../provider.ts';
import { type PlannedAnswer, planAnswer } from './plan-answer.ts';

/** Words per delta, so that the answer is seen to stream. */
const WORDS_PER_DELTA = 4;

export function createOfflineProvider(): Provider {
  return {
    async stream(request, sink, signal) {
      signal.throwIfAborted();
      const tools = new Set(request.tools.map((tool) => tool.name));
      const answer = planAnswer(request.messages, tools);
      await streamText(answer.text, sink, signal);
      return finish(request, answer, sink);
    },
  };
}

async function streamText(text: string, sink: ProviderSink, signal: AbortSignal): Promise<void> {
  for (const delta of splitIntoDeltas(text)) {
    sink({ kind: 'text_delta', text: delta });
    await setImmediate();
    signal.throwIfAborted();
  }
}

/** Groups of words with the space after them; joined they are the text. */
export function splitIntoDeltas(text: string): readonly string[] {
  const words = text.match(/\s*\S+\s*/g) ?? [];
  const deltas: string[] = [];
  for (let index = 0; index < words.length; index += WORDS_PER_DELTA) {
    deltas.push(words.slice(index, index + WORDS_PER_DELTA).join(''));
  }
  return deltas;
}

function finish(request: ProviderRequest, answer: PlannedAnswer, sink: ProviderSink): ProviderResult {
  const content: ContentBlock[] = answer.text === '' ? [] : [{ type: 'text', text: answer.text }];
  answer.calls.forEach((call, index) => {
    const id = callId(request, index);
    sink({ kind: 'tool_call_start', id, name: call.tool });
    content.push({ type: 'tool_use', id, name: call.tool, input: call.input });
  });
  return { content, stopReason: answer.calls.length > 0 ? 'tool_use' : 'end_turn', usage: undefined };
}

/** Unique within the conversation: made of its length, its newest message and the position of the call. */
function callId(request: ProviderRequest, index: number): string {
  const seed = JSON.stringify([request.messages.length, request.messages.at(-1), index]);
  return `call_${createHash('sha256').update(seed).digest('hex').slice(0, 20)}`;
}
