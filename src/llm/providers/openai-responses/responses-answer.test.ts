import { describe, expect, it } from 'vitest';
import type { ProviderEvent } from '../../provider.ts';
import { ResponsesAnswer } from './responses-answer.ts';

const IDS = { uuid: () => 'u', rowId: () => 'r', hex: () => '' };

function decode(...events: (object | string)[]) {
  const shown: ProviderEvent[] = [];
  const answer = new ResponsesAnswer((event) => shown.push(event), IDS);
  for (const event of events) answer.event(typeof event === 'string' ? event : JSON.stringify(event));
  return { shown, result: answer.finish() };
}

const completed = (response: object = {}) => ({
  type: 'response.completed',
  response: { status: 'completed', output: [], ...response },
});
const message = (text: string) => ({ type: 'message', content: [{ type: 'output_text', text }] });
const call = (args: string, status = 'completed') => ({
  type: 'function_call',
  call_id: 'c1',
  name: 'bash',
  arguments: args,
  status,
});

describe('the items of a Responses stream', () => {
  it('are taken from the last event when the server repeats nothing before', () => {
    const { result, shown } = decode(completed({ output: [message('Hi'), call('{"a":1}')] }));
    expect(result.content).toMatchObject([{ text: 'Hi' }, { id: 'c1', input: { a: 1 } }]);
    expect(shown).toEqual([
      { kind: 'text_delta', text: 'Hi' },
      { kind: 'tool_call_start', id: 'c1', name: 'bash' },
    ]);
  });

  it('are not shown twice when they were streamed', () => {
    const { result, shown } = decode(
      { type: 'response.output_item.added', output_index: 0, item: message('') },
      { type: 'response.output_text.delta', output_index: 0, delta: 'Hi' },
      { type: 'response.output_item.done', output_index: 0, item: message('Hi') },
      completed({ output: [message('Hi')] }),
    );
    expect(result.content).toEqual([{ type: 'text', text: 'Hi' }]);
    expect(shown).toEqual([{ kind: 'text_delta', text: 'Hi' }]);
  });

  it('are invalid calls when the limit cut their arguments', () => {
    const { result } = decode(
      { type: 'response.output_item.added', output_index: 0, item: call('', 'in_progress') },
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"comm' },
      {
        type: 'response.incomplete',
        response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      },
    );
    expect(result).toMatchObject({
      stopReason: 'tool_use',
      content: [{ invalid_input: expect.any(String) }],
    });
  });

  it('keep encrypted reasoning with its summary', () => {
    const reasoning = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [
        { type: 'summary_text', text: 'a' },
        { type: 'summary_text', text: 'b' },
      ],
      encrypted_content: 'enc',
    };
    const { result } = decode(completed({ output: [reasoning] }));
    expect(result.content).toEqual([{ type: 'thinking', text: 'a\n\nb', signature: 'rs:rs_1:enc' }]);
  });

  it('ignore unknown items, unknown events and text that is not JSON', () => {
    const odd = completed({ output: [{ type: 'web_search_call' }, message('x')] });
    const { result } = decode('oops', { type: 'response.something.delta', output_index: 9, delta: 'y' }, odd);
    expect(result.content).toEqual([{ type: 'text', text: 'x' }]);
  });
});

describe('the end of a Responses stream', () => {
  it('may be the response.done of Codex', () => {
    const { result } = decode({ type: 'response.done', response: { output: [message('x')] } });
    expect(result).toMatchObject({ stopReason: 'end_turn', content: [{ text: 'x' }] });
  });

  it.each([
    ['max_output_tokens', 'max_tokens'],
    ['content_filter', 'refusal'],
    ['else', 'other'],
  ])('maps an answer left incomplete by %s to %s', (reason, expected) => {
    const response = { status: 'incomplete', incomplete_details: { reason }, output: [message('x')] };
    expect(decode({ type: 'response.incomplete', response }).result.stopReason).toBe(expected);
  });

  it('is missing when the stream just stops', () => {
    const delta = { type: 'response.output_text.delta', output_index: 0, delta: 'x' };
    expect(() => decode(delta)).toThrow(expect.objectContaining({ code: 'MC_LLM_STREAM_CUT' }));
    expect(() => decode('[DONE]')).toThrow(expect.objectContaining({ code: 'MC_LLM_STREAM_CUT' }));
  });

  it('is a failure after response.failed or an error event', () => {
    const error = { code: 'rate_limit_exceeded', message: 'slow' };
    expect(() => decode({ type: 'response.failed', response: { status: 'failed', error } })).toThrow(
      expect.objectContaining({ code: 'MC_LLM_RATE_LIMITED' }),
    );
    expect(() => decode({ type: 'error', code: 'server_error', message: 'x' })).toThrow(
      expect.objectContaining({ code: 'MC_LLM_UNAVAILABLE' }),
    );
  });

  it('is a refusal when the message holds one', () => {
    const refusal = { type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] };
    expect(decode(completed({ output: [refusal] })).result).toMatchObject({
      stopReason: 'refusal',
      content: [{ text: 'No.' }],
    });
  });
});
