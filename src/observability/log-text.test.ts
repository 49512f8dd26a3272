import { describe, expect, test } from 'vitest';
import { formatLogText } from './log-text.ts';

const line = (fields: Record<string, unknown>) =>
  formatLogText(JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.678Z', msg: 'done', ...fields }));

describe('a log line for people', () => {
  test('has time, level, target, message and fields', () => {
    expect(line({ target: 'http', port: 1, path: '/a', text: 'a "b"', list: [1] })).toBe(
      '2026-01-02T03:04:05.678Z INFO  [http] done port=1 path=/a text="a \\"b\\"" list=[1]\n',
    );
  });

  test('that is no JSON is shown as it is', () => {
    expect(formatLogText('Segmentation fault')).toBe('Segmentation fault');
  });

  test('shows the stack of an error below it', () => {
    expect(line({ err: { message: 'x', stack: 'Error: x\n    at a.ts:1' } })).toBe(
      '2026-01-02T03:04:05.678Z INFO  done\n  Error: x\n      at a.ts:1\n',
    );
  });
});

describe('text of strangers in a log line', () => {
  const attacks = ['\u001b[2J', '\u009b2J', '\u001b]0;title\u0007', '\rINFO', '\u007f', '\u202egnp.exe'];

  test.each(attacks)('is no command to the terminal: %j', (attack) => {
    const shown = [
      line({ tool: `a${attack}b` }),
      line({ tool: `a ${attack} b` }),
      line({ msg: `a${attack}b` }),
      line({ target: `a${attack}b` }),
      line({ [`a${attack}b`]: 1 }),
      line({ err: { message: `a${attack}b` } }),
      line({ err: { stack: `Error: a${attack}b\n    at x` } }),
    ];
    for (const text of shown) expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });

  test('does not begin a line of its own', () => {
    const forged = '2026-01-02T03:04:05.678Z INFO  login ok';
    for (const fields of [
      { msg: `x\n${forged}` },
      { tool: `x\n${forged}` },
      { err: { stack: `E\n${forged}` } },
    ]) {
      expect(line(fields).split('\n').slice(1)).not.toContain(forged);
    }
  });
});
