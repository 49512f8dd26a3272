import { describe, expect, it } from 'vitest';
import type { ProviderEvent } from '../../provider.ts';
import { ChatAnswer } from './chat-answer.ts';

function decode(...events: (object | string)[]) {
  const shown: ProviderEvent[] = [];
  let next = 0;
  const answer = new ChatAnswer((event) => shown.push(event), {
    uuid: () => `u${++next}`,
    rowId: () => 'r',
    hex: () => '',
  });
  for (const event of events) answer.event(typeof event === 'string' ? event : JSON.stringify(event));
  return { shown, result: answer.finish() };
}

const chunk = (delta: object, finish: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const toolChunk = (...calls: object[]) => chunk({ tool_calls: calls });

describe('tool calls in chat deltas', () => {
  it('are told apart without an index, with object arguments', () => {
    const { result } = decode(
      toolChunk({ id: 'a', function: { name: 'one', arguments: { x: 1 } } }),
      toolChunk({ id: 'b', function: { name: 'two', arguments: '{"y"' } }),
      toolChunk({ id: 'b', function: { arguments: ':2}' } }),
      chunk({}, 'tool_calls'),
    );
    expect(result.content).toMatchObject([
      { id: 'a', name: 'one', input: { x: 1 } },
      { id: 'b', name: 'two', input: { y: 2 } },
    ]);
  });

  it('continue the last call when a piece has neither index, id nor name', () => {
    const { result } = decode(
      toolChunk({ id: 'a', function: { name: 'one', arguments: '{"x"' } }),
      toolChunk({ function: { arguments: ':1}' } }),
      toolChunk({ function: { name: 'two', arguments: '{}' } }),
      '[DONE]',
    );
    expect(result.content).toMatchObject([
      { name: 'one', input: { x: 1 } },
      { name: 'two', input: {} },
    ]);
  });

  it('are told apart by id where every call has index 0', () => {
    const { result } = decode(
      toolChunk({ index: 0, id: 'a', function: { name: 'one', arguments: '{"n":1}' } }),
      toolChunk({ index: 0, id: 'b', function: { name: 'two', arguments: '{"n":2}' } }),
      '[DONE]',
    );
    expect(result.content).toMatchObject([{ input: { n: 1 } }, { input: { n: 2 } }]);
  });

  it('keep a repeated id and name of the same call together', () => {
    const { result, shown } = decode(
      toolChunk({ index: 0, id: 'a', function: { name: 'one', arguments: '{"n"' } }),
      toolChunk({ index: 0, id: 'a', function: { name: 'one', arguments: ':1}' } }),
      '[DONE]',
    );
    expect(result.content).toEqual([{ type: 'tool_use', id: 'a', name: 'one', input: { n: 1 } }]);
    expect(shown).toHaveLength(1);
  });

  it.each([
    ['no ids', { index: 0, id: '' }, { index: 0, id: '' }],
    ['the same id', { index: 0, id: 'a' }, { index: 0, id: 'a' }],
    ['the same id and no index', { id: 'a' }, { id: 'a' }],
  ])('are told apart where all of them have index 0 and %s', (_name, first, second) => {
    const { result } = decode(
      toolChunk({ ...first, function: { name: 'one', arguments: '{"n":1}' } }),
      toolChunk({ ...second, function: { name: 'one', arguments: '{"n":' } }),
      toolChunk({ function: { arguments: '2}' } }),
      '[DONE]',
    );
    expect(result.content).toMatchObject([{ input: { n: 1 } }, { input: { n: 2 } }]);
    expect(new Set(result.content.map((block) => 'id' in block && block.id)).size).toBe(2);
  });

  it.each(['{"n":1}', { n: 1 }])('count once when the last chunk repeats them whole: %j', (args) => {
    const call = { index: 0, id: 'a', function: { name: 'one', arguments: args } };
    const { result } = decode(toolChunk(call), chunk({ tool_calls: [call] }, 'tool_calls'));
    expect(result.content).toEqual([{ type: 'tool_use', id: 'a', name: 'one', input: { n: 1 } }]);
  });

  it('get names that every provider accepts when they are sent back', () => {
    const { result, shown } = decode(toolChunk({ id: 'a', function: { name: 'functions.bash' } }), '[DONE]');
    expect(result.content).toMatchObject([{ name: 'functions_bash' }]);
    expect(shown).toEqual([{ kind: 'tool_call_start', id: 'a', name: 'functions_bash' }]);
  });

  it('get ids that every provider accepts', () => {
    const { result, shown } = decode(toolChunk({ id: 'functions.x:0', function: { name: 'x' } }), '[DONE]');
    expect(result.content).toMatchObject([{ id: 'call_u1' }]);
    expect(shown).toEqual([{ kind: 'tool_call_start', id: 'call_u1', name: 'x' }]);
  });

  it('keep the thought signature of Gemini, wherever it stands', () => {
    const { result } = decode(
      toolChunk({
        index: 0,
        id: 'a',
        function: { name: 'x', arguments: '{}' },
        extra_content: { google: { thought_signature: 's1' } },
      }),
      toolChunk({ index: 1, id: 'b', function: { name: 'y', arguments: '{}', thought_signature: 's2' } }),
      '[DONE]',
    );
    expect(result.content).toMatchObject([{ thought_signature: 's1' }, { thought_signature: 's2' }]);
  });

  it('decide the stop reason, whatever the server says', () => {
    const call = toolChunk({ index: 0, id: 'a', function: { name: 'x', arguments: '{}' } });
    expect(decode(call, chunk({}, 'stop')).result.stopReason).toBe('tool_use');
    expect(decode(chunk({ content: 'x' }, 'tool_calls')).result.stopReason).toBe('end_turn');
  });
});

describe('text in chat deltas', () => {
  it.each([
    ['a string', 'Hi'],
    [
      'parts',
      [
        { type: 'text', text: 'H' },
        { type: 'text', text: 'i' },
      ],
    ],
    ['an object with text', { text: 'Hi' }],
    ['an object with parts', { parts: [{ text: 'H' }, 'i'] }],
    ['an object with a value', { value: 'Hi' }],
  ])('may be %s', (_name, content) => {
    expect(decode(chunk({ content }), '[DONE]').result.content).toEqual([{ type: 'text', text: 'Hi' }]);
  });

  it.each([
    ['reasoning_content', 'hm'],
    ['reasoning', 'hm'],
    ['thinking', 'hm'],
    ['thought', { text: 'hm' }],
    ['reasoning_details', [{ type: 'reasoning.text', text: 'hm' }]],
    ['reasoning_details', [{ type: 'reasoning.summary', summary: 'hm' }]],
  ])('is kept apart from thinking in %s', (key, value) => {
    const { result, shown } = decode(chunk({ [key]: value }), chunk({ content: 'x' }, 'stop'));
    expect(result.content).toEqual([
      { type: 'thinking', text: 'hm' },
      { type: 'text', text: 'x' },
    ]);
    expect(shown.map((event) => event.kind)).toEqual(['thinking_delta', 'text_delta']);
  });

  it('counts thinking once that is sent under two names', () => {
    const delta = { reasoning: 'hm', reasoning_details: [{ text: 'hm' }] };
    expect(decode(chunk(delta), '[DONE]').result.content).toEqual([{ type: 'thinking', text: 'hm' }]);
  });

  it('keeps think tags raw', () => {
    const { result } = decode(chunk({ content: '<think>a</think>b' }), '[DONE]');
    expect(result.content).toEqual([{ type: 'text', text: '<think>a</think>b' }]);
  });

  it('that is nothing but raw calls becomes calls and is never shown', () => {
    const text = '[tool_use: bash({"command":"ls"})]';
    const { result, shown } = decode(
      ...Array.from(text, (character) => chunk({ content: character })),
      chunk({}, 'stop'),
    );
    expect(result).toMatchObject({
      stopReason: 'tool_use',
      content: [{ name: 'bash', input: { command: 'ls' } }],
    });
    expect(shown.map((event) => event.kind)).toEqual(['tool_call_start']);
  });

  it('that only began like a raw call is shown in the end', () => {
    const { result, shown } = decode(
      chunk({ content: '[tool_use: is my' }),
      chunk({ content: ' syntax' }, 'stop'),
    );
    expect(result.content).toEqual([{ type: 'text', text: '[tool_use: is my syntax' }]);
    expect(shown).toEqual([{ kind: 'text_delta', text: '[tool_use: is my syntax' }]);
  });
});

describe('the end of a chat stream', () => {
  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['content_filter', 'refusal'],
    ['weird', 'other'],
  ])('maps %s to %s', (finish, expected) => {
    expect(decode(chunk({ content: 'x' }, finish)).result.stopReason).toBe(expected);
  });

  it('is a finish reason or [DONE], and nothing less', () => {
    expect(decode(chunk({ content: 'x' }), '[DONE]').result.stopReason).toBe('end_turn');
    expect(() => decode(chunk({ content: 'x' }))).toThrow(
      expect.objectContaining({ code: 'MC_LLM_STREAM_CUT' }),
    );
    expect(() => decode()).toThrow(expect.objectContaining({ code: 'MC_LLM_STREAM_CUT' }));
  });

  it('reports a refusal field', () => {
    const { result, shown } = decode(chunk({ refusal: 'No.' }), chunk({}, 'stop'));
    expect(result).toMatchObject({ stopReason: 'refusal', content: [{ text: 'No.' }] });
    expect(shown).toEqual([{ kind: 'text_delta', text: 'No.' }]);
  });

  it('keeps the largest of repeated counts, also under response.usage', () => {
    const usage = (count: number | string) => ({ prompt_tokens: count, completion_tokens: 1 });
    const { result } = decode(
      { ...chunk({ content: 'x' }), usage: usage(10) },
      { choices: [], response: { usage: usage('20') } },
      { ...chunk({}, 'stop'), usage: usage(20) },
    );
    expect(result.usage).toMatchObject({ inputTokens: 20, outputTokens: 1 });
  });

  it('is a failure when an error stands in the stream', () => {
    expect(() => decode({ error: { code: 429, message: 'slow' } })).toThrow(
      expect.objectContaining({ code: 'MC_LLM_RATE_LIMITED' }),
    );
    expect(() => decode({ error: 'upstream' })).toThrow(
      expect.objectContaining({ code: 'MC_LLM_UNAVAILABLE' }),
    );
  });
});

describe('errors in chat streams', () => {
  it('are recognised without an error key (vLLM, SGLang)', () => {
    const error = { object: 'error', message: 'maximum context length is 100 tokens', code: 400 };
    expect(() => decode(error, '[DONE]')).toThrow(
      expect.objectContaining({ code: 'MC_LLM_CONTEXT_OVERFLOW' }),
    );
  });

  it('may be named like anything', () => {
    const error = { error: { type: 'constructor', message: 'x' } };
    expect(() => decode(error)).toThrow(expect.objectContaining({ code: 'MC_LLM_UNAVAILABLE' }));
    expect(decode(chunk({ content: 'x' }, 'constructor')).result.stopReason).toBe('other');
  });
});

it('usage is found in the choice as well (Moonshot)', () => {
  const usage = { prompt_tokens: 5, completion_tokens: 2 };
  const { result } = decode({ choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] });
  expect(result.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
});

it('reasoning among the parts of the content is shown as such (Mistral)', () => {
  const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] };
  const { result } = decode(
    chunk({ content: [thinking] }),
    chunk({ content: [{ type: 'text', text: 'Hi' }] }),
    '[DONE]',
  );
  expect(result.content).toEqual([
    { type: 'thinking', text: 'Hm.' },
    { type: 'text', text: 'Hi' },
  ]);
});
