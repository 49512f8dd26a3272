/** OpenAI chat completions: an answer as `chat.completion.chunk` events or as one `chat.completion`. */

import {
  argumentPieces,
  argumentsOf,
  callId,
  type RenderedReply,
  type RenderInput,
  sseEvent,
  textPieces,
} from './rendered-reply.ts';
import type { FakeUsage } from './reply.ts';

const FINISH = { end_turn: 'stop', max_tokens: 'length', refusal: 'content_filter' } as const;

function usageJson(usage: FakeUsage) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens ?? 0,
      cache_write_tokens: usage.cacheWriteTokens ?? 0,
    },
  };
}

export function renderChat(input: RenderInput): RenderedReply {
  const { spec, model, index, usage } = input;
  const calls = spec.toolCalls ?? [];
  const head = { id: `chatcmpl-${index}`, created: 0, model };
  const finish = spec.stop === undefined && calls.length > 0 ? 'tool_calls' : FINISH[spec.stop ?? 'end_turn'];
  const chunk = (delta: unknown, finishReason: string | null = null) =>
    sseEvent({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    });
  const events = [
    chunk({ role: 'assistant', content: '' }),
    ...textPieces(spec.thinking ?? '', spec.deltaLength).map((piece) => chunk({ reasoning_content: piece })),
    ...textPieces(spec.text ?? '', spec.deltaLength).map((piece) => chunk({ content: piece })),
    ...calls.flatMap((call, position) => [
      chunk({
        tool_calls: [
          {
            index: position,
            id: callId(call, index, position),
            type: 'function',
            function: { name: call.name, arguments: '' },
          },
        ],
      }),
      ...argumentPieces(call).map((piece) =>
        chunk({ tool_calls: [{ index: position, function: { arguments: piece } }] }),
      ),
    ]),
    chunk({}, finish),
    sseEvent({ ...head, object: 'chat.completion.chunk', choices: [], usage: usageJson(usage) }),
    sseEvent('[DONE]'),
  ];
  const document = {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        finish_reason: finish,
        message: {
          role: 'assistant',
          content: spec.text ?? null,
          ...(spec.thinking === undefined ? {} : { reasoning_content: spec.thinking }),
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map((call, position) => ({
                  id: callId(call, index, position),
                  type: 'function',
                  function: { name: call.name, arguments: argumentsOf(call) },
                })),
              }),
        },
      },
    ],
    usage: usageJson(usage),
  };
  return { events, document };
}
