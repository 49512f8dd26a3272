import { expect, it } from 'vitest';
import type { ContentBlock, Message } from '../message.ts';
import { pairToolMessages } from './tool-pairing.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const call = (id: string): ContentBlock => ({ type: 'tool_use', id, name: 'bash', input: {} });
const result = (id: string): ContentBlock => ({ type: 'tool_result', tool_use_id: id, content: 'ok' });
const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });

it('leaves complete conversations as they are', () => {
  const messages = [
    user(text('go')),
    assistant(text('ok'), call('a')),
    user(result('a')),
    assistant(text('done')),
  ];
  expect(pairToolMessages(messages)).toEqual(messages);
});

it('strips calls without a result and keeps their resolved siblings', () => {
  const messages = [assistant(call('a'), call('b')), user(result('b'))];
  expect(pairToolMessages(messages)).toEqual([assistant(call('b')), user(result('b'))]);
});

it('drops results that nobody asked for', () => {
  expect(pairToolMessages([user(result('gone'), text('hi'))])).toEqual([user(text('hi'))]);
  expect(pairToolMessages([user(result('gone'))])).toEqual([]);
});

it('does not pair a call with a result that comes later than the next user side', () => {
  const messages = [assistant(call('a')), user(text('x')), assistant(text('y')), user(result('a'))];
  expect(pairToolMessages(messages)).toEqual([user(text('x')), assistant(text('y'))]);
});

it('joins user messages, so that results stored one by one are answered together', () => {
  const messages = [
    assistant(call('a'), call('b')),
    user(result('a')),
    user(result('b')),
    user(text('and?')),
  ];
  expect(pairToolMessages(messages)).toEqual([
    assistant(call('a'), call('b')),
    user(result('a'), result('b'), text('and?')),
  ]);
});

it('drops an assistant message of which only thinking is left', () => {
  const thinking: ContentBlock = { type: 'thinking', text: 'hm', signature: 's' };
  expect(pairToolMessages([user(text('go')), assistant(thinking, call('a'))])).toEqual([user(text('go'))]);
});
