import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../security/redaction/redactor.ts';
import { AnswerStream } from '../loop/answer-stream.ts';
import type { StreamPiece } from '../loop/think-tag-splitter.ts';
import { createOutputGuardrail, WITHHELD_TEXT } from './output-guardrail.ts';

const redactor = createRedactor([{ key: 'api_key', value: 'value-of-this-process' }]);
const KEY = `sk-ant-${'a'.repeat(24)}`;

describe('an answer', () => {
  it.each([
    ['off', `key ${KEY}`, `key ${KEY}`],
    ['redact', 'nothing to hide', 'nothing to hide'],
    ['redact', `key ${KEY}.`, 'key [REDACTED:ANTHROPIC_KEY].'],
    ['redact', 'it is value-of-this-process', 'it is [REDACTED:api_key]'],
    ['block', 'nothing to hide', 'nothing to hide'],
    ['block', `key ${KEY}`, WITHHELD_TEXT],
    ['block', 'it is value-of-this-process', WITHHELD_TEXT],
  ] as const)('in mode %s: %s', (mode, text, shown) => {
    const guardrail = createOutputGuardrail(mode, redactor);
    expect(guardrail.check(text)).toBe(shown);
    expect(guardrail.check(shown)).toBe(shown);
  });
});

describe('a streamed answer', () => {
  const pieces: readonly StreamPiece[] = [
    { kind: 'text', text: `the key is ${KEY.slice(0, 9)}` },
    { kind: 'thinking', text: 'hm' },
    { kind: 'text', text: KEY.slice(9) },
  ];

  function shownOf(mode: 'off' | 'redact' | 'block', ends: boolean): readonly StreamPiece[] {
    const shown: StreamPiece[] = [];
    const stream = new AnswerStream(createOutputGuardrail(mode, redactor), (piece) => shown.push(piece));
    for (const piece of pieces) stream.push([piece]);
    if (ends) stream.end();
    return shown;
  }

  it('is shown as it comes without a guardrail', () => {
    expect(shownOf('off', false)).toEqual(pieces);
    expect(shownOf('off', true)).toEqual(pieces);
  });

  it('is checked as a whole with one, however it was cut', () => {
    expect(shownOf('redact', true)).toEqual([
      { kind: 'thinking', text: 'hm' },
      { kind: 'text', text: 'the key is [REDACTED:ANTHROPIC_KEY]' },
    ]);
    expect(shownOf('block', true)).toEqual([
      { kind: 'thinking', text: 'hm' },
      { kind: 'text', text: WITHHELD_TEXT },
    ]);
  });

  it.each(['redact', 'block'] as const)('is not shown when it was not completed, in mode %s', (mode) => {
    expect(shownOf(mode, false)).toEqual([]);
  });
});
