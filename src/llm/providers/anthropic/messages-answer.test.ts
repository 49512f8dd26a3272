import { describe, expect, it } from 'vitest';
import type { ProviderEvent } from '../../provider.ts';
import { MessagesAnswer } from './messages-answer.ts';

const IDS = { uuid: () => 'u', rowId: () => 'r', hex: () => '' };

function decode(...events: (object | string)[]) {
  const shown: ProviderEvent[] = [];
  const answer = new MessagesAnswer((event) => shown.push(event), IDS);
  for (const event of events) answer.event(typeof event === 'string' ? event : JSON.stringify(event));
  return { shown, result: answer.finish() };
}

const start = (index: number, content_block: object) => ({
  type: 'content_block_start',
  index,
  content_block,
});
const delta = (index: number, value: object) => ({ type: 'content_block_delta', index, delta: value });
const end = (stop_reason: string) => [
  { type: 'message_delta', delta: { stop_reason } },
  { type: 'message_stop' },
];

describe('the blocks of a Messages stream', () => {
  it('are kept when a compatible server numbers each of them 0', () => {
    const { result } = decode(
      start(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'Hi' }),
      start(0, { type: 'tool_use', id: 't', name: '', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"a":1}' }),
      ...end('tool_use'),
    );
    expect(result.content).toEqual([
      { type: 'text', text: 'Hi' },
      { type: 'tool_use', id: 't', name: 'unnamed', input: { a: 1 } },
    ]);
  });

  it('keep the order of their first appearance when they interleave', () => {
    const { result } = decode(
      start(0, { type: 'text', text: '' }),
      start(1, { type: 'tool_use', id: 't', name: 'bash', input: {} }),
      delta(1, { type: 'input_json_delta', partial_json: '{"a"' }),
      delta(0, { type: 'text_delta', text: 'Hi' }),
      delta(1, { type: 'input_json_delta', partial_json: ':1}' }),
      ...end('tool_use'),
    );
    expect(result.content).toEqual([
      { type: 'text', text: 'Hi' },
      { type: 'tool_use', id: 't', name: 'bash', input: { a: 1 } },
    ]);
  });

  it('keep signatures and encrypted thinking', () => {
    const { result } = decode(
      start(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 'abc' }),
      start(1, { type: 'redacted_thinking', data: 'enc' }),
      ...end('end_turn'),
    );
    expect(result.content).toEqual([
      { type: 'thinking', text: 'hm', signature: 'abc' },
      { type: 'thinking', text: '', signature: 'enc', redacted: true },
    ]);
  });

  it('may bring a whole input with their start', () => {
    const whole = start(0, { type: 'tool_use', id: 't', name: 'x', input: { a: 1 } });
    expect(decode(whole, ...end('tool_use')).result.content).toMatchObject([{ input: { a: 1 } }]);
  });

  it('are invalid calls when the limit cut them before their arguments', () => {
    const { result } = decode(
      start(0, { type: 'tool_use', id: 't', name: 'x', input: {} }),
      ...end('max_tokens'),
    );
    expect(result.content).toMatchObject([{ invalid_input: expect.stringContaining('cut off') }]);
  });

  it('ignore pings, unknown events, unknown blocks and text that is not JSON', () => {
    const { result } = decode(
      { type: 'ping' },
      'not json',
      { type: 'brand_new' },
      start(0, { type: 'server_thing' }),
      delta(0, { type: 'text_delta', text: 'x' }),
      ...end('end_turn'),
    );
    expect(result.content).toEqual([]);
  });
});

describe('the end of a Messages stream', () => {
  it.each([
    ['end_turn', 'end_turn'],
    ['stop_sequence', 'end_turn'],
    ['max_tokens', 'max_tokens'],
    ['model_context_window_exceeded', 'max_tokens'],
    ['refusal', 'refusal'],
    ['pause_turn', 'other'],
    ['tool_use', 'end_turn'],
  ])('maps %s to %s when there is no call', (reason, expected) => {
    expect(decode(...end(reason)).result.stopReason).toBe(expected);
  });

  it('is message_stop and nothing else', () => {
    const stopped = { type: 'message_delta', delta: { stop_reason: 'end_turn' } };
    expect(() => decode(stopped)).toThrow(expect.objectContaining({ code: 'MC_LLM_STREAM_CUT' }));
  });

  it('is a failure after an error event', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(() => decode(error)).toThrow(expect.objectContaining({ code: 'MC_LLM_OVERLOADED' }));
  });

  it('merges the counts of start and end', () => {
    const { result } = decode(
      {
        type: 'message_start',
        message: { usage: { input_tokens: 5, cache_read_input_tokens: 90, output_tokens: 1 } },
      },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 42 } },
      { type: 'message_stop' },
    );
    expect(result.usage).toEqual({
      inputTokens: 95,
      outputTokens: 42,
      cacheReadTokens: 90,
      cacheWriteTokens: 0,
    });
  });
});
