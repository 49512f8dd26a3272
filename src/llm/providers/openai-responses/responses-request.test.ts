import { describe, expect, it } from 'vitest';
import { providerPreset } from '../../catalog.ts';
import type { ProviderRequest } from '../../provider.ts';
import { responsesSignature } from '../../translation/thinking-signature.ts';
import { buildResponsesBody, type ResponsesDialect } from './responses-request.ts';

const REQUEST: ProviderRequest = {
  model: 'm',
  system: [{ text: 'Be brief.', stable: true }],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [{ name: 'bash', description: 'Runs.', inputSchema: { type: 'object' } }],
  thinking: 'off',
  maxTokens: 100,
  cacheKey: 'chat-1',
};

function build(
  provider = 'openai-codex',
  request: Partial<ProviderRequest> = {},
  dialect: Partial<ResponsesDialect> = {},
) {
  return buildResponsesBody(
    { ...REQUEST, ...request },
    { preset: providerPreset(provider), overrides: {}, adaptations: new Set(), ...dialect },
  );
}

describe('the body of a Responses request', () => {
  it('stores nothing and sends Codex no output limit', () => {
    expect(build().body).toEqual({
      model: 'm',
      instructions: 'Be brief.',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }],
      store: false,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: 'chat-1',
      tools: [
        {
          type: 'function',
          name: 'bash',
          description: 'Runs.',
          parameters: { type: 'object' },
          strict: false,
        },
      ],
      tool_choice: 'auto',
      stream: true,
    });
  });

  it('sends the limit and the effort elsewhere', () => {
    expect(build('custom', { thinking: 'medium' }).body).toMatchObject({
      max_output_tokens: 100,
      reasoning: { effort: 'medium', summary: 'auto' },
    });
  });

  it('follows what the endpoint asked for before', () => {
    const { body, sent } = build(
      'openai-codex',
      { thinking: 'low', tools: [] },
      { adaptations: new Set(['no_thinking', 'no_cache_key', 'no_encrypted_reasoning']) },
    );
    expect(Object.keys(body).sort()).toEqual(['input', 'instructions', 'model', 'store', 'stream']);
    expect([...sent]).toEqual([]);
  });

  it('translates a tool round with its reasoning', () => {
    const signature = responsesSignature({ id: 'rs_1', encrypted: 'enc' });
    const { body } = build('openai-codex', {
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', text: 'hm', signature },
            { type: 'thinking', text: 'foreign', signature: 'anthropic' },
            { type: 'text', text: 'Looking.' },
            { type: 'tool_use', id: 'c1', name: 'bash', input: { command: 'ls' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'c1', content: 'boom', is_error: true },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } },
          ],
        },
      ],
    });
    expect(body.input).toEqual([
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'hm' }],
        encrypted_content: 'enc',
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Looking.' }] },
      { type: 'function_call', call_id: 'c1', name: 'bash', arguments: '{"command":"ls"}' },
      { type: 'function_call_output', call_id: 'c1', output: '[Error] boom' },
      {
        type: 'message',
        role: 'user',
        content: [{ type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'auto' }],
      },
    ]);
  });

  it('never ends an answer with reasoning, which must be followed by what it led to', () => {
    const signature = responsesSignature({ id: 'rs_1', encrypted: 'enc' });
    const { body } = build('openai-codex', {
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'x' },
            { type: 'thinking', text: 'late', signature },
          ],
        },
      ],
    });
    expect(body.input).toHaveLength(1);
  });
});
