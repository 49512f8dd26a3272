import { expect, test } from 'vitest';
import { normalizeSessionKey, parseSessionKey, sessionKeyOf } from './session-key.ts';
import { sessionLabel } from './session-label.ts';

test('a missing or blank key is main', () => {
  for (const key of [undefined, null, '', '  ']) expect(normalizeSessionKey(key)).toBe('main');
  expect(normalizeSessionKey(' ops ')).toBe('ops');
});

test('chat:<integer> names a chat by id, everything else a web chat', () => {
  expect(parseSessionKey('chat:7')).toEqual({ kind: 'chat', chatId: 7 });
  expect(parseSessionKey('chat:-100')).toEqual({ kind: 'chat', chatId: -100 });
  for (const key of ['main', 'chat:', 'chat:x', 'chat:7b', 'Chat:7']) {
    expect(parseSessionKey(key)).toEqual({ kind: 'web', key });
  }
});

test('an id beyond exact integers names no chat instead of a neighbour', () => {
  expect(parseSessionKey('chat:9007199254740993')).toEqual({ kind: 'chat', chatId: -1 });
});

test('web chats are listed under their key, others by id', () => {
  const chat = { chatId: 3, kind: 'private' } as const;
  expect(sessionKeyOf({ ...chat, channel: 'web', externalId: 'main' })).toBe('main');
  expect(sessionKeyOf({ ...chat, channel: 'web', externalId: '' })).toBe('chat:3');
  expect(sessionKeyOf({ ...chat, channel: 'telegram', externalId: '55' })).toBe('chat:3');
});

test('a session is named by its label, its chat’s title, or channel and id', () => {
  const chat = { channel: 'telegram', chatId: 3 };
  expect(sessionLabel({ ...chat, label: 'Plans', title: 'ann' })).toBe('Plans');
  expect(sessionLabel({ ...chat, label: ' ', title: 'ann' })).toBe('ann');
  expect(sessionLabel({ ...chat, label: null, title: null })).toBe('telegram:3');
  for (const title of ['private:1', 'group:1', 'supergroup:1', 'channel:1']) {
    expect(sessionLabel({ ...chat, label: null, title })).toBe('telegram:3');
  }
});
