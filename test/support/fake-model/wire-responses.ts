/** OpenAI Responses: an answer as its typed events or as one `response`. */
import {
  argumentPieces,
  argumentsOf,
  callId,
  type RenderedReply,
  type RenderInput,
  sseEvent,
  textPieces,
} from './rendered-reply.ts';

interface Item {
  readonly added: Readonly<Record<string, unknown>>;
  readonly deltas: readonly Readonly<Record<string, unknown>>[];
  readonly done: Readonly<Record<string, unknown>>;
}

function itemsOf(input: RenderInput): readonly Item[] {
  const { spec, index } = input;
  const items: Item[] = [];
  if (spec.thinking !== undefined) {
    const head = { type: 'reasoning', id: `rs_${index}` };
    items.push({
      added: { ...head, summary: [] },
      deltas: textPieces(spec.thinking, spec.deltaLength).map((delta) => ({
        type: 'response.reasoning_summary_text.delta',
        item_id: head.id,
        summary_index: 0,
        delta,
      })),
      done: {
        ...head,
        summary: [{ type: 'summary_text', text: spec.thinking }],
        encrypted_content: spec.signature ?? 'sig-1',
      },
    });
  }
  if (spec.text !== undefined) {
    const head = { type: 'message', id: `msg_${index}`, role: 'assistant' };
    const refusal = spec.stop === 'refusal';
    items.push({
      added: { ...head, content: [], status: 'in_progress' },
      deltas: textPieces(spec.text, spec.deltaLength).map((delta) => ({
        type: refusal ? 'response.refusal.delta' : 'response.output_text.delta',
        item_id: head.id,
        content_index: 0,
        delta,
      })),
      done: {
        ...head,
        status: 'completed',
        content: [
          refusal
            ? { type: 'refusal', refusal: spec.text }
            : { type: 'output_text', text: spec.text, annotations: [] },
        ],
      },
    });
  }
  for (const [position, call] of (spec.toolCalls ?? []).entries()) {
    const id = callId(call, index, position);
    const head = { type: 'function_call', id: `fc_${id}`, call_id: id, name: call.name };
    items.push({
      added: { ...head, arguments: '', status: 'in_progress' },
      deltas: argumentPieces(call).map((delta) => ({
        type: 'response.function_call_arguments.delta',
        item_id: head.id,
        delta,
      })),
      done: { ...head, arguments: argumentsOf(call), status: 'completed' },
    });
  }
  return items;
}

export function renderResponses(input: RenderInput): RenderedReply {
  const { spec, model, index, usage } = input;
  const items = itemsOf(input);
  const cut = spec.stop === 'max_tokens';
  const head = { id: `resp_${index}`, object: 'response', model };
  const document = {
    ...head,
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: items.map((item) => item.done),
    usage: {
      input_tokens: usage.inputTokens,
      input_tokens_details: {
        cached_tokens: usage.cacheReadTokens ?? 0,
        cache_write_tokens: usage.cacheWriteTokens ?? 0,
      },
      output_tokens: usage.outputTokens,
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  };
  let sequence = 0;
  const named = (data: Readonly<Record<string, unknown>>) =>
    sseEvent({ ...data, sequence_number: sequence++ }, String(data.type));
  const events = [
    named({ type: 'response.created', response: { ...head, status: 'in_progress', output: [] } }),
    ...items.flatMap((item, position) => [
      named({ type: 'response.output_item.added', output_index: position, item: item.added }),
      ...item.deltas.map((delta) => named({ ...delta, output_index: position })),
      named({ type: 'response.output_item.done', output_index: position, item: item.done }),
    ]),
    named({ type: cut ? 'response.incomplete' : 'response.completed', response: document }),
  ];
  return { events, document };
}
