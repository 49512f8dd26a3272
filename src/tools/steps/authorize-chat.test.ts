import { expect, test } from 'vitest';
import { z } from 'zod';
import { callScope, fakeTool } from '../../../test/support/tool-fixture.ts';
import { authorizeChat, injectChatId } from './authorize-chat.ts';

const plain = fakeTool('plain', async () => ({ content: '' }));
const scoped = { ...plain, input: z.object({ chat_id: z.number().int() }) };

test('the chat id is only filled in for tools that take one, and never replaces a number', () => {
  expect(injectChatId(plain, {}, callScope())).toEqual({});
  expect(injectChatId(scoped, {}, callScope())).toEqual({ chat_id: 100 });
  expect(injectChatId(scoped, { chat_id: null }, callScope())).toEqual({ chat_id: 100 });
  expect(injectChatId(scoped, { chat_id: 'mine' }, callScope())).toEqual({ chat_id: 100 });
  expect(injectChatId(scoped, { chat_id: -5 }, callScope())).toEqual({ chat_id: -5 });
});

test('a chat id given to a tool that takes none means nothing', () => {
  expect(authorizeChat(plain, { chat_id: 200 }, callScope())).toEqual({ kind: 'proceed' });
});
