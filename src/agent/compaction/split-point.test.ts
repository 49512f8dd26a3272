import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentBlock } from '../../llm/message.ts';
import { Conversation, type ConversationEntry } from '../loop/conversation.ts';
import { renderArchive, renderForSummary } from './render-transcript.ts';
import { splitPoint } from './split-point.ts';

let nextId = 1;
function entry(role: 'user' | 'assistant', kind: string, ...content: ContentBlock[]): ConversationEntry {
  nextId += 1;
  return { entryId: nextId, role, kind, runId: null, content, characters: JSON.stringify(content).length };
}
const user = (text = 'q') => entry('user', 'message', { type: 'text', text });
const answer = (text = 'a') => entry('assistant', 'message', { type: 'text', text });
const summary = () => entry('user', 'summary', { type: 'text', text: '[Conversation Summary]\ns' });
function batch(id: string): ConversationEntry[] {
  return [
    entry('assistant', 'message', { type: 'tool_use', id, name: 'bash', input: { command: 'x' } }),
    entry('user', 'tool_results', { type: 'tool_result', tool_use_id: id, content: 'y'.repeat(500) }),
  ];
}

describe('splitPoint', () => {
  it('keeps the wanted number when that is a boundary', () => {
    expect(splitPoint([user(), answer(), user(), answer()], 2)).toBe(2);
  });

  it('never separates a call from its result', () => {
    const entries = [user(), ...batch('1'), ...batch('2'), ...batch('3')];
    expect(splitPoint(entries, 2)).toBe(5);
    expect(splitPoint(entries, 1)).toBe(5);
    expect(splitPoint(entries, 7)).toBe(0);
    expect(splitPoint(entries, 7, true)).toBe(1);
  });

  it('cuts inside one long turn that has no other boundary', () => {
    const entries = [user(), ...batch('1'), ...batch('2')];
    expect(splitPoint(entries, 4)).toBe(1);
  });

  it('does not replace a summary by itself', () => {
    expect(splitPoint([summary(), user(), answer()], 2)).toBe(0);
    expect(splitPoint([summary(), user(), answer()], 2, true)).toBe(2);
    expect(splitPoint([summary(), user()], 1)).toBe(0);
  });

  it('leaves every kept result with its call, whatever the session looks like', () => {
    const part = fc.constantFrom('turn', 'tools');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 0, max: 12 }), (parts, keep) => {
        const entries = parts.flatMap((kind, index) =>
          kind === 'turn' ? [user(), answer()] : batch(String(index)),
        );
        const kept = entries.slice(splitPoint(entries, keep));
        const calls = new Set(
          kept.flatMap((e) => e.content.flatMap((b) => (b.type === 'tool_use' ? [b.id] : []))),
        );
        for (const block of kept.flatMap((e) => e.content)) {
          if (block.type === 'tool_result') expect(calls.has(block.tool_use_id)).toBe(true);
        }
      }),
    );
  });
});

describe('Conversation', () => {
  it('puts a summary in front and answers it, and merges neighbours of one role', () => {
    const conversation = new Conversation(1, 0, [user('old'), user('new'), summary()], 0);
    const messages = conversation.toMessages();
    expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[2]?.content).toHaveLength(2);
  });

  it('estimates from the last count and what came since', () => {
    const conversation = new Conversation(1, 0, [], 1000);
    conversation.add({ ...user(), characters: 400 });
    expect(conversation.estimateTokens()).toBe(1100);
    conversation.noteInputTokens(1200);
    expect(conversation.estimateTokens()).toBe(1200);
  });

  it('estimates from the length when nothing was counted', () => {
    const conversation = new Conversation(1, 0, [{ ...user(), characters: 4000 }], 0);
    expect(conversation.estimateTokens()).toBe(1000);
  });
});

describe('transcript rendering', () => {
  it('shortens results for the summary and keeps them whole in the archive', () => {
    const entries = [user('hi'), ...batch('1')];
    expect(renderForSummary(entries, 20_000)).toContain(`${'y'.repeat(200)}...`);
    expect(renderArchive(entries)).toContain('y'.repeat(500));
  });

  it('keeps an earlier summary in front of what is cut', () => {
    const text = renderForSummary([summary(), user('x'.repeat(5000)), answer('the end')], 1000);
    expect(text).toMatch(/^\[user\]: \[Conversation Summary\]\ns\n/);
    expect(text).toContain('the end');
  });

  it('shortens the arguments of a call', () => {
    const call = {
      type: 'tool_use',
      id: '1',
      name: 'write_file',
      input: { content: 'z'.repeat(5000) },
    } as const;
    expect(renderForSummary([entry('assistant', 'message', call)], 20_000).length).toBeLessThan(300);
  });

  it('keeps the newest bytes without cutting a character', () => {
    const text = renderForSummary([user('äöü'.repeat(100)), answer('the end')], 60);
    expect(text).toContain('the end');
    expect(text).not.toContain('\uFFFD');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64);
  });
});
