import { describe, expect, it } from 'vitest';
import { providerPreset } from '../../catalog.ts';
import type { Message } from '../../message.ts';
import type { ProviderRequest } from '../../provider.ts';
import { buildChatBody, type ChatDialect } from './chat-request.ts';

const REQUEST: ProviderRequest = {
  model: 'm',
  system: [
    { text: 'Stable.', stable: true },
    { text: '  ', stable: true },
    { text: 'Volatile.', stable: false },
  ],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [{ name: 'bash', description: 'Runs.', inputSchema: { type: 'object' } }],
  thinking: 'off',
  maxTokens: 100,
  cacheKey: 'chat-1',
};

function build(
  provider = 'custom',
  request: Partial<ProviderRequest> = {},
  dialect: Partial<ChatDialect> = {},
) {
  return buildChatBody(
    { ...REQUEST, ...request },
    { preset: providerPreset(provider), overrides: {}, adaptations: new Set(), ...dialect },
  );
}

const wireMessages = (messages: readonly Message[], provider = 'custom', thinking: 'off' | 'low' = 'off') =>
  build(provider, { system: [], messages, thinking }).body.messages;

describe('the body of a chat completion', () => {
  it('holds system text, tools and limits', () => {
    expect(build().body).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'Stable.\n\nVolatile.' },
        { role: 'user', content: 'hi' },
      ],
      max_tokens: 100,
      tools: [
        {
          type: 'function',
          function: { name: 'bash', description: 'Runs.', parameters: { type: 'object' } },
        },
      ],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('leaves out tools and system when there are none', () => {
    const { body } = build('custom', { tools: [], system: [] });
    expect(body).not.toHaveProperty('tools');
    expect(body.messages).toEqual([{ role: 'user', content: 'hi' }]);
  });

  it('names the output limit and the cache key as OpenAI wants them', () => {
    const { body } = build('openai');
    expect(body).toMatchObject({ max_completion_tokens: 100, prompt_cache_key: 'chat-1' });
    expect(body).not.toHaveProperty('max_tokens');
  });

  it('follows what the endpoint asked for before', () => {
    const { body, sent } = build(
      'openai',
      { thinking: 'low' },
      { adaptations: new Set(['no_thinking', 'no_stream_options', 'no_cache_key']) },
    );
    expect(Object.keys(body).sort()).toEqual([
      'max_completion_tokens',
      'messages',
      'model',
      'stream',
      'tools',
    ]);
    expect([...sent]).toEqual([]);
  });

  it('lists the parameters that a complaint may be about', () => {
    expect([...build('openai', { thinking: 'low' }).sent].sort()).toEqual([
      'prompt_cache_key',
      'stream_options',
      'thinking',
    ]);
  });

  it('merges overrides before tools and always streams', () => {
    const overrides = {
      temperature: 0,
      max_tokens: null,
      tools: [],
      stream: false,
      stream_options: { x: 1 },
    };
    const { body } = build('custom', {}, { overrides });
    expect(body).toMatchObject({ temperature: 0, stream: true, stream_options: { x: 1 } });
    expect(body.tools).toHaveLength(1);
    expect(body).not.toHaveProperty('max_tokens');
  });
});

describe('messages of a chat completion', () => {
  const calls: Message = {
    role: 'assistant',
    content: [
      { type: 'thinking', text: 'I should look.' },
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', id: 'a', name: 'bash', input: { command: 'ls' }, thought_signature: 'sig' },
    ],
  };
  const results: Message = {
    role: 'user',
    content: [
      { type: 'text', text: 'also this' },
      { type: 'tool_result', tool_use_id: 'a', content: 'boom', is_error: true },
    ],
  };

  it('put results before what the user added', () => {
    expect(wireMessages([calls, results])).toEqual([
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [
          {
            id: 'a',
            type: 'function',
            function: { name: 'bash', arguments: '{"command":"ls"}' },
            extra_content: { google: { thought_signature: 'sig' } },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '[Error] boom' },
      { role: 'user', content: 'also this' },
    ]);
  });

  it('carry reasoning back where the provider insists', () => {
    expect(wireMessages([calls, results], 'deepseek', 'low')).toMatchObject([
      { content: 'Looking.', reasoning_content: 'I should look.' },
      {},
      {},
    ]);
    expect((wireMessages([calls, results], 'deepseek') as object[])[0]).not.toHaveProperty(
      'reasoning_content',
    );
    const plain: Message = { ...calls, content: calls.content.slice(1) };
    expect(wireMessages([plain, results], 'google')).toMatchObject([
      { content: null, reasoning_content: 'Looking.' },
      {},
      {},
    ]);
  });

  it('show images as data URLs', () => {
    const image: Message = {
      role: 'user',
      content: [
        { type: 'text', text: 'see' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      ],
    };
    expect(wireMessages([image])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ]);
  });

  it('never send an empty assistant message', () => {
    expect(wireMessages([{ role: 'assistant', content: [{ type: 'text', text: '' }] }])).toEqual([]);
  });
});

it.each([
  ['openai', /^call_[0-9a-f]{32}$/],
  ['mistral', /^[0-9a-f]{9}$/],
])(
  'ids of another provider’s calls are rewritten as %s accepts them, call and result alike',
  (provider, form) => {
    const id = `chatcmpl-tool-${'0'.repeat(32)}`;
    const [call, result] = wireMessages(
      [
        { role: 'assistant', content: [{ type: 'tool_use', id, name: 'bash', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'ok' }] },
      ],
      provider,
    ) as [{ tool_calls: [{ id: string }] }, { tool_call_id: string }];
    expect(call.tool_calls[0].id).toMatch(form);
    expect(result.tool_call_id).toBe(call.tool_calls[0].id);
  },
);
