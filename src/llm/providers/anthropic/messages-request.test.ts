import { describe, expect, it } from 'vitest';
import type { ContentBlock, Message } from '../../message.ts';
import type { ProviderRequest } from '../../provider.ts';
import { responsesSignature } from '../../translation/thinking-signature.ts';
import { buildMessagesBody, type MessagesDialect } from './messages-request.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });

const REQUEST: ProviderRequest = {
  model: 'claude',
  system: [
    { text: 'Stable.', stable: true },
    { text: 'Volatile.', stable: false },
  ],
  messages: [
    user(text('one')),
    assistant(text('two')),
    user(text('three')),
    assistant(text('4')),
    user(text('5')),
  ],
  tools: [
    { name: 'a', description: 'A.', inputSchema: { type: 'object' } },
    { name: 'b', description: 'B.', inputSchema: { type: 'object' } },
  ],
  thinking: 'off',
  maxTokens: 100,
};

function build(request: Partial<ProviderRequest> = {}, dialect: Partial<MessagesDialect> = {}) {
  return buildMessagesBody(
    { ...REQUEST, ...request },
    { cache: { enabled: true, ttl: '5m' }, adaptations: new Set(), ...dialect },
  );
}

const marksIn = (body: unknown) => JSON.stringify(body).match(/"cache_control"/g)?.length ?? 0;

describe('cache breakpoints', () => {
  it('stand after tools, stable system text and the two newest user messages', () => {
    const { body } = build();
    const mark = { cache_control: { type: 'ephemeral' } };
    expect(body.tools).toMatchObject([{ name: 'a' }, { name: 'b', ...mark }]);
    expect((body.tools as object[])[0]).not.toHaveProperty('cache_control');
    expect(body.system).toEqual([
      { type: 'text', text: 'Stable.', ...mark },
      { type: 'text', text: 'Volatile.' },
    ]);
    const marked = (body.messages as { content: object[] }[]).map((message) => marksIn(message.content));
    expect(marked).toEqual([0, 0, 1, 0, 1]);
    expect(marksIn(body)).toBe(4);
  });

  it('never number more than four', () => {
    expect(marksIn(build({ tools: [] }).body)).toBe(4);
    expect(marksIn(build({ tools: [], system: [] }).body)).toBe(3);
  });

  it('carry the longer life when asked to', () => {
    const { body } = build({}, { cache: { enabled: true, ttl: '1h' } });
    expect(body.system).toMatchObject([{ cache_control: { type: 'ephemeral', ttl: '1h' } }, {}]);
  });

  it('are absent when caching is off', () => {
    expect(marksIn(build({}, { cache: { enabled: false, ttl: '5m' } }).body)).toBe(0);
  });

  it('leave the prefix byte-identical when a turn is added', () => {
    const more = [...REQUEST.messages, assistant(text('6')), user(text('7'))];
    const first = JSON.stringify(build({}, { cache: { enabled: false, ttl: '5m' } }).body.messages);
    const second = JSON.stringify(
      build({ messages: more }, { cache: { enabled: false, ttl: '5m' } }).body.messages,
    );
    expect(second.startsWith(first.slice(0, -1))).toBe(true);
  });
});

describe('blocks of the Messages API', () => {
  it('leave out empty text, which is rejected', () => {
    const messages = [user(text(''), text('hi')), assistant(text(' \n')), user(text('again'))];
    const { body } = build(
      { messages, system: [{ text: ' ', stable: true }] },
      { cache: { enabled: false, ttl: '5m' } },
    );
    expect(body).not.toHaveProperty('system');
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'user', content: [{ type: 'text', text: 'again' }] },
    ]);
  });

  it('put results first and never send an empty one', () => {
    const messages = [
      assistant({ type: 'tool_use', id: 'x', name: 'a', input: { p: 1 } }),
      user(text('note'), { type: 'tool_result', tool_use_id: 'x', content: '', is_error: true }),
    ];
    expect(build({ messages }, { cache: { enabled: false, ttl: '5m' } }).body.messages).toEqual([
      { role: 'assistant', content: [{ type: 'tool_use', id: 'x', name: 'a', input: { p: 1 } }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'x', content: '(no output)', is_error: true },
          { type: 'text', text: 'note' },
        ],
      },
    ]);
  });

  it('send signed thinking back unchanged and only what Anthropic signed', () => {
    const messages = [
      user(text('go')),
      assistant(
        { type: 'thinking', text: 'mine', signature: 'sig' },
        { type: 'thinking', text: '', signature: 'enc', redacted: true },
        { type: 'thinking', text: 'unsigned' },
        { type: 'thinking', text: 'foreign', signature: responsesSignature({ id: 'r', encrypted: 'e' }) },
        text('done'),
        { type: 'thinking', text: 'late', signature: 'sig2' },
      ),
      user(text('next')),
    ];
    const { body } = build({ messages }, { cache: { enabled: false, ttl: '5m' } });
    expect((body.messages as object[])[1]).toEqual({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'mine', signature: 'sig' },
        { type: 'redacted_thinking', data: 'enc' },
        { type: 'text', text: 'done' },
      ],
    });
  });
});

describe('thinking levels', () => {
  it('are a budget on top of the answer', () => {
    const { body, sent } = build({ thinking: 'low' });
    expect(body).toMatchObject({ thinking: { type: 'enabled', budget_tokens: 2048 }, max_tokens: 2148 });
    expect(sent.has('thinking')).toBe(true);
    expect(build().body).not.toHaveProperty('thinking');
  });

  it('are an effort where the model asks for it, and nothing where it knows none', () => {
    const adaptive = build({ thinking: 'high' }, { adaptations: new Set(['adaptive_thinking']) }).body;
    expect(adaptive).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } });
    const without = build({ thinking: 'high' }, { adaptations: new Set(['no_thinking']) });
    expect(without.body).not.toHaveProperty('thinking');
    expect(without.sent.has('thinking')).toBe(false);
  });

  it('are left out while calls continue that began without signed thinking', () => {
    const call: ContentBlock = { type: 'tool_use', id: 'x', name: 'a', input: {} };
    const result = user({ type: 'tool_result', tool_use_id: 'x', content: 'ok' });
    const unsigned = build({ thinking: 'low', messages: [user(text('go')), assistant(call), result] });
    expect(unsigned.body).not.toHaveProperty('thinking');
    const signed = assistant({ type: 'thinking', text: 't', signature: 's' }, call);
    expect(build({ thinking: 'low', messages: [user(text('go')), signed, result] }).body).toHaveProperty(
      'thinking',
    );
  });
});
