import { describe, expect, it } from 'vitest';
import { type AnsweredCall, isFromResults, standsVerbatim } from './verbatim-address.ts';

const URL = 'https://a.example/x?q=1';

describe('an address stands in a text as a whole', () => {
  it.each([
    URL,
    `see ${URL}.`,
    `see ${URL}, then`,
    `[link](${URL})`,
    `[link](${URL} "title")`,
    `<${URL}>`,
    `"${URL}"`,
    `(${URL}).`,
    `**${URL}**`,
    `${URL}\nnext`,
    `${URL}/more ${URL}`,
  ])('%j', (text) => {
    expect(standsVerbatim(text, URL)).toBe(true);
  });

  it.each([
    '',
    `${URL}/more`,
    `${URL}&p=2`,
    `${URL}%20`,
    `${URL}.html`,
    `${URL}#part`,
    `https://b.example/?u=${URL}`,
    `https://b.example/${URL}`,
    'https://a.example/x',
    'HTTPS://a.example/x?q=1',
  ])('but not in %j', (text) => {
    expect(standsVerbatim(text, URL)).toBe(false);
  });

  it('and nothing is found of an address with something added, or of none', () => {
    expect(standsVerbatim(`see ${URL}`, `${URL}secret`)).toBe(false);
    expect(standsVerbatim('text', '')).toBe(false);
  });

  it('in time that grows with the text only', () => {
    expect(standsVerbatim(`${URL}${')'.repeat(200_000)}x`, URL)).toBe(false);
  });
});

describe('an address comes from results', () => {
  const call = (name: string, input: object, output: string | null, isError = false): AnsweredCall => ({
    name,
    inputJson: JSON.stringify(input),
    output,
    isError,
  });
  const given = call('web_search', { query: 'cats' }, `1. Cats\n   ${URL}`);

  it('when one of them holds it', () => {
    expect(isFromResults([given], 'web_fetch', URL)).toBe(true);
    expect(isFromResults([given, call('web_fetch', { url: URL }, 'page')], 'web_fetch', URL)).toBe(true);
  });

  it.each([
    ['a failure that repeats it', [call('read_file', { path: 'x' }, `no file ${URL}`, true)]],
    ['a call without result', [call('web_fetch', { url: URL }, null)]],
    ['a tool that was given it', [call('todo_write', { todos: [{ task: URL }] }, `1. [ ] ${URL}`)]],
    ['a tool that was given it as a key', [call('x', { [URL]: 1 }, URL)]],
    ['an address that holds it', [given, call('web_fetch', { url: `http://echo.example/?${URL}` }, URL)]],
  ])('but not from %s', (_name, calls) => {
    expect(isFromResults(calls, 'web_fetch', URL)).toBe(false);
  });
});
