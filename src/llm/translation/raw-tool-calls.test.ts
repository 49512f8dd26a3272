import { describe, expect, it } from 'vitest';
import { mayBecomeRawCalls, parseRawToolCalls } from './raw-tool-calls.ts';

const parse = (text: string) =>
  parseRawToolCalls(text, (id) => id)?.map((call) => [call.id, call.name, call.input]);

describe('parseRawToolCalls', () => {
  it('reads one call', () => {
    expect(parse('[tool_use: bash({"command": "ls"})]')).toEqual([
      ['raw_tool_call_1', 'bash', { command: 'ls' }],
    ]);
  });

  it('reads several calls over several lines', () => {
    const text = '\n[tool_use: a({"x": {"y": "})]"}})]\n\n[ tool_use: b({})]'.replace('[ tool', '[tool');
    expect(parse(text)).toEqual([
      ['raw_tool_call_1', 'a', { x: { y: '})]' } }],
      ['raw_tool_call_2', 'b', {}],
    ]);
  });

  it('looks through wrapping tags', () => {
    const text =
      '<minimax:tool_call>\n<invoke name="bash">[tool_use: bash({"command":"a \\"b\\" \\\\"})]</invoke>\n</minimax:tool_call>';
    expect(parse(text)).toEqual([['raw_tool_call_1', 'bash', { command: 'a "b" \\' }]]);
  });

  it.each([
    'I would call [tool_use: bash({"command": "ls"})]',
    '[tool_use: bash({"command": "ls"})] and then see',
    '[tool_use: bash({"command": "ls")]',
    '[tool_use: bash(["ls"])]',
    '[tool_use: bash({"command": "ls"}',
    '[tool_use: bash]',
    '<invoke></invoke>',
    '',
  ])('leaves other text alone: %s', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('refuses input that is nested too deeply, as in a structured call', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const [call] = parseRawToolCalls(`[tool_use: bash({"command": ${deep}})]`, (id) => id) ?? [];
    expect(call).toMatchObject({ name: 'bash', input: {} });
    expect(call?.invalid_input).toContain('nested too deeply');
  });

  it('stays linear on hostile text', () => {
    const text = `[tool_use: a(${'{'.repeat(200_000)}`;
    expect(parse(text)).toBeUndefined();
  });
});

describe('mayBecomeRawCalls', () => {
  it('holds back what may become a call and nothing else', () => {
    const held = ['', ' ', '[', '[tool', ' \n[tool_use: x', '<inv', '<minimax:tool_call>'];
    for (const text of held) expect(mayBecomeRawCalls(text), text).toBe(true);
    for (const text of ['H', '[x', '[link](url)', '<b>', '```'])
      expect(mayBecomeRawCalls(text), text).toBe(false);
  });
});
