import { describe, expect, it } from 'vitest';
import { parseReply } from './parse-reply.ts';

describe('a reply', () => {
  it.each([
    ['1', 'once'],
    [' 1. ', 'once'],
    ['Approve', 'once'],
    ['GO AHEAD!', 'once'],
    ['run  it', 'once'],
    ['yes', 'once'],
    ['批准', 'once'],
    ['１', 'once'],
    ['2', 'always'],
    ['always', 'always'],
    ['yes, always', 'always'],
    ['总是', 'always'],
    ['3', 'deny'],
    ['No.', 'deny'],
    ["don't", 'deny'],
    ['don’t', 'deny'],
    ['STOP', 'deny'],
    ['不要', 'deny'],
  ] as const)('%j means %s', (text, decision) => {
    expect(parseReply(text)).toBe(decision);
  });

  it.each([
    '',
    ' ',
    '11',
    '12',
    '1 2',
    '4',
    '0',
    '-1',
    '1 but only in /tmp',
    'disapprove',
    'I do not approve',
    'approve?',
    'yes and no',
    'always deny',
    'never',
    'please run it in a container',
    'approve the other one',
    'not always',
    '1\n2',
    'option 1',
    '不同意吗',
    'constructor',
    '__proto__',
  ])('%j is no answer', (text) => {
    expect(parseReply(text)).toBeUndefined();
  });

  it('a long message is no answer, and takes no time to tell', () => {
    expect(parseReply(`yes${'!'.repeat(100)}`)).toBe('once');
    for (const text of [
      `yes${'!'.repeat(2_000_000)}`,
      `a${'!'.repeat(2_000_000)}b`,
      `${' '.repeat(2_000_000)}1`,
    ]) {
      expect(parseReply(text)).toBeUndefined();
    }
  });
});
