/** The same behaviour of every wire format, through the real client libraries and real sockets. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FakeModelServer, startFakeModel } from '../../../test/support/fake-model/fake-model-server.ts';
import { fakeModelOptions, ModelHarness } from '../../../test/support/fake-model/model-harness.ts';
import type { FakeProtocol } from '../../../test/support/fake-model/recorded-request.ts';
import { reply } from '../../../test/support/fake-model/reply.ts';
import type { LlmOptions } from '../llm-options.ts';
import type { ContentBlock } from '../message.ts';

let server: FakeModelServer;
beforeAll(async () => {
  server = await startFakeModel();
});
afterAll(() => server.stop());
afterEach(() => server.reset());

const TOOL = {
  name: 'read_file',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
};

function textIn(content: readonly ContentBlock[]): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

describe.each<FakeProtocol>(['chat', 'responses', 'anthropic'])('the %s protocol', (protocol) => {
  const harness = (changes: Partial<LlmOptions> = {}) =>
    new ModelHarness(fakeModelOptions(server, protocol, changes));

  it('streams text in order and returns it whole', async () => {
    server.enqueue(reply.text('Hello, world').with({ deltaLength: 3 }));
    const model = harness();
    const answer = await model.generate();
    expect(answer).toMatchObject({
      content: [{ type: 'text', text: 'Hello, world' }],
      stopReason: 'end_turn',
      provider: 'fake',
      model: 'fake-model',
    });
    expect(model.shownText).toBe('Hello, world');
    expect(model.kinds().filter((kind) => kind === 'text_delta')).toHaveLength(4);
    expect(answer.firstDeltaMs).toBeLessThanOrEqual(answer.durationMs);
  });

  it('speaks its own wire format with the key of the profile', async () => {
    await harness().generate({ tools: [TOOL] });
    const request = server.requests.at(-1)!;
    expect(request).toMatchObject({ protocol, apiKey: 'k1', stream: true, lastUserText: 'hi' });
    expect(request.toolNames).toEqual(['read_file']);
    if (protocol === 'anthropic') expect(request.headers['anthropic-version']).toBe('2023-06-01');
  });

  it('sends the same bytes for the same request', async () => {
    const model = harness();
    await model.generate({ tools: [TOOL] });
    await model.generate({ tools: [TOOL] });
    expect(server.requests[0]!.bodyText).toBe(server.requests[1]!.bodyText);
  });

  it('returns parallel tool calls in order with their own ids', async () => {
    server.enqueue(
      reply.toolCalls(
        [
          { name: 'read_file', input: { path: 'a "quoted" name.md' } },
          { name: 'glob', input: { pattern: '**/*.ts', nested: { deep: [1, 2] } } },
        ],
        'Looking.',
      ),
    );
    const model = harness();
    const answer = await model.generate({ tools: [TOOL] });
    expect(answer.stopReason).toBe('tool_use');
    expect(answer.content).toMatchObject([
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', name: 'read_file', input: { path: 'a "quoted" name.md' } },
      { type: 'tool_use', name: 'glob', input: { pattern: '**/*.ts', nested: { deep: [1, 2] } } },
    ]);
    const ids = answer.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    expect(new Set(ids).size).toBe(2);
    const started = model.events.flatMap((event) => (event.kind === 'tool_call_start' ? [event.id] : []));
    expect(started).toEqual(ids);
  });

  it('accepts a call without arguments', async () => {
    server.enqueue(reply.toolCalls([{ name: 'todo_read', rawArguments: '' }]));
    expect((await harness().generate()).content).toMatchObject([{ name: 'todo_read', input: {} }]);
  });

  it('never turns broken arguments into an empty input', async () => {
    server.enqueue(reply.toolCalls([{ name: 'bash', rawArguments: '{"command": "ls' }]));
    const answer = await harness().generate();
    expect(answer.stopReason).toBe('tool_use');
    expect(answer.content).toMatchObject([{ type: 'tool_use', name: 'bash', input: {} }]);
    expect(answer.content[0]).toHaveProperty('invalid_input', expect.stringContaining('not a JSON object'));
  });

  it('marks a call that the output limit cut off', async () => {
    server.enqueue(
      reply.toolCalls([{ name: 'bash', rawArguments: '{"command": "ec' }]).with({ stop: 'max_tokens' }),
    );
    const answer = await harness().generate();
    const call = answer.content.find((block) => block.type === 'tool_use');
    expect(call?.invalid_input).toBeDefined();
  });

  it.each([
    ['single bytes', [1]],
    ['odd pieces', [7, 3, 11, 2]],
    ['pairs', [2]],
  ])('decodes characters and arguments that arrive in %s', async (_name, sizes) => {
    const text = 'Grüße 主人 👩‍💻 \u{1F600}';
    server.enqueue(
      reply.toolCalls([{ name: 'bash', input: { command: `echo ${text}` } }], text).split(sizes),
    );
    const model = harness();
    const answer = await model.generate();
    expect(answer.content).toMatchObject([{ text }, { input: { command: `echo ${text}` } }]);
    expect(model.shownText).toBe(text);
  });

  it('returns an empty answer as empty content', async () => {
    server.enqueue(reply.empty());
    expect(await harness().generate()).toMatchObject({ content: [], stopReason: 'end_turn' });
  });

  it('reports a refusal as its stop reason', async () => {
    server.enqueue(reply.refusal('No.'));
    const answer = await harness().generate();
    expect(answer.stopReason).toBe('refusal');
    expect(textIn(answer.content)).toBe('No.');
  });

  it('reports that the output limit was reached', async () => {
    server.enqueue(reply.text('A long').with({ stop: 'max_tokens' }));
    expect(await harness().generate()).toMatchObject({ stopReason: 'max_tokens' });
  });

  it('streams thinking apart from the text', async () => {
    server.enqueue(reply.thinking('Let me see.', 'Done.', 'c2ln'));
    const model = harness();
    const answer = await model.generate({ thinking: 'medium' });
    expect(answer.content).toMatchObject([
      { type: 'thinking', text: 'Let me see.' },
      { type: 'text', text: 'Done.' },
    ]);
    const shown = model.events.map((event) => (event.kind === 'thinking_delta' ? event.text : '')).join('');
    expect(shown).toBe('Let me see.');
    expect(model.shownText).toBe('Done.');
  });

  it('counts cached tokens as part of the input', async () => {
    const usage = { inputTokens: 1000, outputTokens: 20, cacheReadTokens: 700, cacheWriteTokens: 200 };
    server.enqueue(reply.text('x').usage(usage));
    expect((await harness().generate()).usage).toEqual(usage);
  });

  it('skips an event that is not JSON', async () => {
    server.enqueue(reply.toolCalls([{ name: 'bash', input: { command: 'ls' } }]).with({ malformed: true }));
    expect((await harness().generate()).content).toMatchObject([{ input: { command: 'ls' } }]);
  });

  it('understands a server that sends one document instead of a stream', async () => {
    server.enqueue(
      reply
        .toolCalls([{ name: 'bash', input: { command: 'ls' } }], 'Hi')
        .with({ document: true, thinking: 'hm' }),
    );
    const model = harness();
    const answer = await model.generate();
    expect(answer).toMatchObject({
      content: [{ type: 'thinking', text: 'hm' }, { text: 'Hi' }, { input: { command: 'ls' } }],
      stopReason: 'tool_use',
    });
    expect(model.shownText).toBe('Hi');
  });

  it('sends results and errors of tools back beside the calls', async () => {
    await harness().generate({
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'go' }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'checking' },
            { type: 'tool_use', id: 't1', name: 'glob', input: { pattern: '*' } },
            { type: 'tool_use', id: 't2', name: 'bash', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: 'a.md' },
            { type: 'tool_result', tool_use_id: 't2', content: 'boom', is_error: true },
          ],
        },
      ],
    });
    const request = server.requests.at(-1)!;
    const failed = protocol === 'anthropic' ? 'boom' : '[Error] boom';
    expect(request.toolResults).toEqual(['a.md', failed]);
    expect(request.endsWithToolResult).toBe(true);
  });
});
