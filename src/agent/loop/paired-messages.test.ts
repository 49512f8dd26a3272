import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentBlock, Message } from '../../llm/message.ts';
import { pairedMessages } from './paired-messages.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const call = (id: string): ContentBlock => ({ type: 'tool_use', id, name: 'tool', input: {} });
const result = (id: string): ContentBlock => ({ type: 'tool_result', tool_use_id: id, content: `of ${id}` });
const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });

describe('pairedMessages', () => {
  it('leaves a complete conversation as it is', () => {
    const messages = [
      user(text('go')),
      assistant(call('a')),
      user(result('a'), text('more')),
      assistant(text('ok')),
    ];
    expect(pairedMessages(messages)).toBe(messages);
  });

  it('answers a call without a result in front of what the user said next', () => {
    const messages = [user(text('go')), assistant(call('a'), call('b')), user(result('b'), text('hello?'))];
    expect(pairedMessages(messages).at(-1)?.content).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: expect.stringMatching(/^No result/), is_error: true },
      result('b'),
      text('hello?'),
    ]);
  });

  it('drops results without a call and messages without content', () => {
    const messages = [user(result('x')), assistant(), user(text('hi'), result('y'))];
    expect(pairedMessages(messages)).toEqual([user(text('hi'))]);
  });

  it('answers the last message’s calls too', () => {
    expect(pairedMessages([user(text('go')), assistant(call('a'))]).at(-1)?.role).toBe('user');
  });

  it('pairs whatever it is given, and nothing twice', () => {
    const block = fc.oneof(
      fc.constant(text('t')),
      fc.constantFrom('a', 'b', 'c').map(call),
      fc.constantFrom('a', 'b', 'c').map(result),
    );
    const message = fc.record({
      role: fc.constantFrom('user' as const, 'assistant' as const),
      content: fc.array(block, { maxLength: 4 }).map((blocks) => blocks as readonly ContentBlock[]),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (raw) => {
        // Only the assistant calls, only the user answers; ids are unique within a conversation.
        let serial = 0;
        const messages = raw.map(({ role, content }) => ({
          role,
          content: content.flatMap((item): ContentBlock[] => {
            if (item.type === 'tool_use') {
              serial += 1;
              return role === 'assistant' ? [call(`${item.id}${serial}`)] : [];
            }
            return item.type === 'tool_result' && role === 'assistant' ? [] : [item];
          }),
        }));
        const paired = pairedMessages(messages);
        paired.forEach((current, index) => {
          expect(current.content.length).toBeGreaterThan(0);
          const before = paired[index - 1]?.content ?? [];
          const called = before.flatMap((item) => (item.type === 'tool_use' ? [item.id] : []));
          const answered = current.content.flatMap((item) =>
            item.type === 'tool_result' ? [item.tool_use_id] : [],
          );
          expect(answered.sort()).toEqual(called.sort());
        });
      }),
    );
  });
});
