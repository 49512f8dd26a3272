/** Anthropic Messages: an answer as its named events or as one `message`. */
import {
  argumentPieces,
  callId,
  type RenderedReply,
  type RenderInput,
  sseEvent,
  textPieces,
} from './rendered-reply.ts';

interface Block {
  readonly start: unknown;
  readonly deltas: readonly unknown[];
  readonly whole: unknown;
}

function blocksOf(input: RenderInput): readonly Block[] {
  const { spec, index } = input;
  const blocks: Block[] = [];
  if (spec.thinking !== undefined) {
    const signature = spec.signature ?? 'sig-1';
    blocks.push({
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        ...textPieces(spec.thinking, spec.deltaLength).map((thinking) => ({
          type: 'thinking_delta',
          thinking,
        })),
        { type: 'signature_delta', signature },
      ],
      whole: { type: 'thinking', thinking: spec.thinking, signature },
    });
  }
  if (spec.text !== undefined) {
    blocks.push({
      start: { type: 'text', text: '' },
      deltas: textPieces(spec.text, spec.deltaLength).map((text) => ({ type: 'text_delta', text })),
      whole: { type: 'text', text: spec.text },
    });
  }
  for (const [position, call] of (spec.toolCalls ?? []).entries()) {
    const head = { type: 'tool_use', id: callId(call, index, position), name: call.name };
    blocks.push({
      start: { ...head, input: {} },
      deltas: argumentPieces(call).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      whole: { ...head, input: call.input ?? {} },
    });
  }
  return blocks;
}

export function renderAnthropic(input: RenderInput): RenderedReply {
  const { spec, model, index, usage } = input;
  const blocks = blocksOf(input);
  const hasCalls = (spec.toolCalls ?? []).length > 0;
  const stop = spec.stop ?? (hasCalls ? 'tool_use' : 'end_turn');
  const cacheRead = usage.cacheReadTokens ?? 0;
  const cacheWrite = usage.cacheWriteTokens ?? 0;
  const inputUsage = {
    input_tokens: usage.inputTokens - cacheRead - cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite,
  };
  const head = { id: `msg_${index}`, type: 'message', role: 'assistant', model };
  const named = (data: { readonly type: string }) => sseEvent(data, data.type);
  const events = [
    named({
      type: 'message_start',
      ...{
        message: { ...head, content: [], stop_reason: null, usage: { ...inputUsage, output_tokens: 1 } },
      },
    }),
    sseEvent({ type: 'ping' }, 'ping'),
    ...blocks.flatMap((block, position) => [
      sseEvent(
        { type: 'content_block_start', index: position, content_block: block.start },
        'content_block_start',
      ),
      ...block.deltas.map((delta) =>
        sseEvent({ type: 'content_block_delta', index: position, delta }, 'content_block_delta'),
      ),
      sseEvent({ type: 'content_block_stop', index: position }, 'content_block_stop'),
    ]),
    sseEvent(
      {
        type: 'message_delta',
        delta: { stop_reason: stop, stop_sequence: null },
        usage: { output_tokens: usage.outputTokens },
      },
      'message_delta',
    ),
    named({ type: 'message_stop' }),
  ];
  const document = {
    ...head,
    content: blocks.map((block) => block.whole),
    stop_reason: stop,
    usage: { ...inputUsage, output_tokens: usage.outputTokens },
  };
  return { events, document };
}
