import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentBlock, Message } from '../../message.ts';
import type { ProviderEvent, ProviderRequest, ProviderResult } from '../../provider.ts';
import { createOfflineProvider, splitIntoDeltas } from './offline-provider.ts';

const ALL_TOOLS = [
  'bash',
  'get_current_time',
  'glob',
  'read_memory',
  'todo_read',
  'todo_write',
  'write_memory',
];
const provider = createOfflineProvider();

const says = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const asks = (text: string): Message => says(`<user_message sender="Ada">${text}</user_message>`);

function request(messages: readonly Message[], tools: readonly string[] = ALL_TOOLS): ProviderRequest {
  return {
    model: 'offline',
    system: [],
    messages,
    tools: tools.map((name) => ({ name, description: '', inputSchema: {} })),
    thinking: 'off',
    maxTokens: 1000,
  };
}

async function answer(messages: readonly Message[], tools?: readonly string[]) {
  const events: ProviderEvent[] = [];
  const sink = (event: ProviderEvent) => events.push(event);
  const result = await provider.stream(request(messages, tools), sink, new AbortController().signal);
  return { events, result, text: textOf(result), calls: callsOf(result) };
}
const textOf = (result: ProviderResult) =>
  result.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
const callsOf = (result: ProviderResult) =>
  result.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));

/** The conversation after the answer's calls returned `contents`. */
function withResults(
  messages: readonly Message[],
  result: ProviderResult,
  contents: readonly string[],
  extra: readonly ContentBlock[] = [],
): readonly Message[] {
  const results = callsOf(result).map((call, index) => ({
    type: 'tool_result' as const,
    tool_use_id: call.id,
    content: contents[index] ?? '',
  }));
  return [
    ...messages,
    { role: 'assistant', content: result.content },
    { role: 'user', content: [...results, ...extra] },
  ];
}

describe('offline provider', () => {
  it('calls the tool that was asked for and then shows its result', async () => {
    const opening = [asks('run `uname -a`')];
    const first = await answer(opening);
    expect(first.result.stopReason).toBe('tool_use');
    expect(first.calls).toMatchObject([{ name: 'bash', input: { command: 'uname -a' } }]);
    expect(first.events).toEqual([{ kind: 'tool_call_start', id: first.calls[0]?.id, name: 'bash' }]);
    const second = await answer(withResults(opening, first.result, ['Linux box 6.1\n']));
    expect(second.result).toMatchObject({ stopReason: 'end_turn', usage: undefined });
    expect(second.text).toBe('``uname -a``\n\n```text\nLinux box 6.1\n```');
  });

  it('streams its text in several deltas that add up to the answer', async () => {
    const { events, text } = await answer([asks('help')]);
    const deltas = events.flatMap((event) => (event.kind === 'text_delta' ? [event.text] : []));
    expect(deltas.length).toBeGreaterThan(5);
    expect(deltas.join('')).toBe(text);
  });

  it('says what it is, what it can do and how to connect a model', async () => {
    const { text } = await answer([asks('write me a poem')]);
    expect(text).toContain('not a language model');
    expect(text).toContain('list the files here');
    for (const name of [
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY',
      'OPENROUTER_API_KEY',
      'llm_provider',
      'llm_base_url',
    ]) {
      expect(text).toContain(name);
    }
  });

  it('offers only examples whose tools exist', async () => {
    const { text } = await answer([asks('help')], ['glob']);
    expect(text).toContain('list the files here');
    expect(text).not.toContain('uname');
    expect((await answer([asks('hello')], [])).text).toContain('No tools are available here.');
  });

  it('reads the newest request, unescaped, whatever was said before', async () => {
    const messages = [
      asks('run `date`'),
      { role: 'assistant', content: [{ type: 'text', text: 'done' }] } as const,
      asks('run `echo &quot;a &lt;b&gt; &amp;amp;&quot;`'),
      says('[runtime_guard]: Your last answer had no text the user can see.'),
    ];
    expect((await answer(messages)).calls[0]?.input).toEqual({ command: 'echo "a <b> &amp;"' });
  });

  it('gives each call of a conversation its own id, the same one every time', async () => {
    const opening = [asks('list files and run ls')];
    const first = await answer(opening);
    const again = await answer(opening);
    expect(again.result).toEqual(first.result);
    const later = [...withResults(opening, first.result, ['a', 'b']), ...opening];
    const ids = [...first.calls, ...(await answer(later)).calls].map((call) => call.id);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
  });

  it('adds to the todo list without losing what is on it', async () => {
    const opening = [asks('todo: buy milk')];
    const first = await answer(opening);
    expect(first.calls).toMatchObject([{ name: 'todo_read' }]);
    const second = withResults(opening, first.result, ['1. [~] a task\n2. [x] done']);
    const change = await answer(second);
    expect(change.calls[0]).toMatchObject({
      name: 'todo_write',
      input: {
        todos: [
          { task: 'a task', status: 'in_progress' },
          { task: 'done', status: 'completed' },
          { task: 'buy milk', status: 'pending' },
        ],
      },
    });
    const last = await answer(withResults(second, change.result, ['Todo list updated (3 tasks).']));
    expect(last.text).toBe('Todo list updated (3 tasks).');
  });

  it('completes a task by number or words, and says when there is none', async () => {
    const complete = async (text: string) => {
      const first = await answer([asks(text)]);
      return answer(withResults([asks(text)], first.result, ['1. [ ] buy milk\n2. [ ] call Bob']));
    };
    const statuses = async (text: string) =>
      ((await complete(text)).calls[0]!.input.todos as unknown as { status: string }[]).map(
        (todo) => todo.status,
      );
    expect(await statuses('mark todo 2 as done')).toEqual(['pending', 'completed']);
    expect(await statuses('complete task milk')).toEqual(['completed', 'pending']);
    expect((await complete('complete task 9')).text).toContain('There is no such task.');
  });

  it('answers a request that arrived while a tool was running', async () => {
    const opening = [asks('list the files here')];
    const first = await answer(opening);
    const notice =
      '<system_notice type="mid_turn_user_message">\n[2026-01-01T00:00:00.000Z] <user_message sender="Ada">what time is it</user_message>\n</system_notice>';
    const messages = withResults(opening, first.result, ['a.txt'], [{ type: 'text', text: notice }]);
    const second = await answer(messages);
    expect(second.text).toContain('a.txt');
    expect(second.calls).toMatchObject([{ name: 'get_current_time' }]);
    const time = 'timezone: UTC\nlocal_time: 2026-01-01T09:30:00.000+00:00\nutc_time: x';
    const third = await answer(withResults(messages, second.result, [time]));
    expect(third.text).toBe('It is **09:30** on 2026-01-01 (UTC, UTC+00:00).');
  });

  it('has nothing to say where nobody asked anything', async () => {
    const summary = [says('[user]: <user_message sender="a">x'), says('[Conversation Summary]\nx')];
    expect((await answer(summary.slice(1), [])).result.content).toEqual([]);
    expect((await answer([says('[user]: hello\n\n[assistant]: hi')], [])).text).toBe('');
  });

  it('stops streaming when it is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    const deltas: ProviderEvent[] = [];
    const run = provider.stream(
      request([asks('help')]),
      (event) => {
        deltas.push(event);
        controller.abort(reason);
      },
      controller.signal,
    );
    await expect(run).rejects.toBe(reason);
    expect(deltas).toHaveLength(1);
  });
});

describe('splitIntoDeltas', () => {
  it('loses and changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        fc.pre(text.trim() !== '');
        expect(splitIntoDeltas(text).join('')).toBe(text);
      }),
    );
  });
});
