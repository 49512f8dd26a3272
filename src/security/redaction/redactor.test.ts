import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactPatterns } from './redact-patterns.ts';
import { createRedactor } from './redactor.ts';
import type { Secret } from './secret.ts';

describe('known values', () => {
  test('a value is replaced by the key it belongs to', () => {
    const redactor = createRedactor([{ key: 'API_KEY', value: 'supersecretkey123' }]);
    expect(redactor.redact('a supersecretkey123 b supersecretkey123')).toBe(
      'a [REDACTED:API_KEY] b [REDACTED:API_KEY]',
    );
  });

  test('values below eight bytes are ordinary text', () => {
    const redactor = createRedactor([
      { key: 'SHORT', value: '1234567' },
      { key: 'WIDE', value: 'äöüß' },
    ]);
    expect(redactor.redact('1234567 äöüß')).toBe('1234567 [REDACTED:WIDE]');
  });

  test('of a value inside another one, the longer is named', () => {
    const redactor = createRedactor([
      { key: 'INNER', value: 'abcdefgh' },
      { key: 'OUTER', value: 'xxabcdefghyy' },
    ]);
    expect(redactor.redact('xxabcdefghyy abcdefgh')).toBe('[REDACTED:OUTER] [REDACTED:INNER]');
  });

  test('values that overlap leave nothing of each other', () => {
    const redactor = createRedactor([
      { key: 'LEFT', value: 'XXXXABCD1' },
      { key: 'RIGHT', value: 'ABCD1EFGHIJ' },
    ]);
    expect(redactor.redact('<XXXXABCD1EFGHIJ>')).toBe('<[REDACTED:RIGHT]>');
  });

  test('a value is found inside of JSON, where its quotes, backslashes and line ends are escaped', () => {
    const value = 'pa"ss\\word\nsecond line';
    const redactor = createRedactor([]).with([{ key: 'PASSWORD', value }]);
    expect(redactor.redact(JSON.stringify({ msg: `set ${value}!` }))).toBe(
      '{"msg":"set [REDACTED:PASSWORD]!"}',
    );
    expect(redactor.redact(`plain ${value}`)).toBe('plain [REDACTED:PASSWORD]');
    const stream = redactor.stream();
    const text =
      [...JSON.stringify(value)].map((character) => stream.write(character)).join('') + stream.end();
    expect(text).toBe('"[REDACTED:PASSWORD]"');
  });

  test('a redactor extended for one command knows the old values too', () => {
    const redactor = createRedactor([{ key: 'A', value: 'aaaaaaaa1' }]).with([
      { key: 'B', value: 'bbbbbbbb1' },
    ]);
    expect(redactor.redact('aaaaaaaa1 bbbbbbbb1')).toBe('[REDACTED:A] [REDACTED:B]');
  });
});

describe('streams', () => {
  const secrets: Secret[] = [
    { key: 'ONE', value: 'first-secret' },
    { key: 'TWO', value: 'secret-second' },
    { key: 'THREE', value: 'aabaabaab' },
  ];

  function throughStream(chunks: readonly string[]): string {
    const filter = createRedactor(secrets).stream();
    return chunks.map((chunk) => filter.write(chunk)).join('') + filter.end();
  }

  test('a value split over chunks never shows, at any split', () => {
    const text = 'before first-secret after';
    for (let at = 0; at <= text.length; at += 1) {
      expect(throughStream([text.slice(0, at), text.slice(at)])).toBe('before [REDACTED:ONE] after');
    }
  });

  test('text that only begins like a value arrives unchanged in the end', () => {
    expect(throughStream(['first-', 'sec', 'ond'])).toBe('first-second');
  });

  test('ordinary text is not held back', () => {
    const filter = createRedactor(secrets).stream();
    expect(filter.write('hello\n')).toBe('hello\n');
  });

  test('whatever the text and the chunks, no value gets through and other text is complete', () => {
    const piece = fc.oneof(
      fc.constantFrom('first-secret', 'secret-second', 'aabaabaab', 'aab', 'first-', 'secret', '-', 'a'),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        (pieces, cuts) => {
          const text = pieces.join('');
          const borders = [
            0,
            ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b),
            text.length,
          ];
          const chunks = borders.slice(1).map((end, index) => text.slice(borders[index], end));
          const output = throughStream(chunks);
          for (const { value } of secrets) expect(output).not.toContain(value);
          const strip = (value: string) => value.replace(/\[REDACTED:\w+\]/g, '#');
          expect(strip(output)).toBe(strip(createRedactor(secrets).redact(text)));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('credential patterns', () => {
  const body = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8';

  test.each([
    [`sk-ant-api03-${body}`, '[REDACTED:ANTHROPIC_KEY]'],
    [`sk-proj-${body}`, '[REDACTED:API_KEY]'],
    [`sk-${body}`, '[REDACTED:API_KEY]'],
    [`Authorization: Bearer ${body}`, 'Authorization: Bearer [REDACTED:TOKEN]'],
    [`ghp_${body}`, '[REDACTED:GITHUB_TOKEN]'],
    ['AKIAIOSFODNN7EXAMPLE', '[REDACTED:AWS_KEY]'],
    [`xoxb-123456789012-${body}`, '[REDACTED:SLACK_TOKEN]'],
    [`AIza${body.slice(0, 35)}`, '[REDACTED:GOOGLE_KEY]'],
    [`api_key = "${body}"`, 'api_key = "[REDACTED:API_KEY]"'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '[REDACTED:PRIVATE_KEY]'],
    ['-----BEGIN PRIVATE KEY-----\ncut off', '[REDACTED:PRIVATE_KEY]'],
  ])('%s', (text, expected) => {
    expect(redactPatterns(text)).toBe(expected);
  });

  test('ordinary text stays', () => {
    const text = 'task-list, Bearer of news, sk-short, api_key = env:KEY, https://example.org/a?b=c';
    expect(redactPatterns(text)).toBe(text);
  });

  test('the log form knows both values and patterns', () => {
    const redactor = createRedactor([{ key: 'bot_token', value: 'my-own-token' }]);
    expect(redactor.redactForLog(`my-own-token sk-ant-${body}`)).toBe(
      '[REDACTED:bot_token] [REDACTED:ANTHROPIC_KEY]',
    );
    expect(redactor.redact(`sk-ant-${body}`)).toBe(`sk-ant-${body}`);
  });

  test('a long run of text that almost matches is handled before the test ends', () => {
    const text = `-----BEGIN ${'A '.repeat(50_000)}`.repeat(2);
    expect(redactPatterns(text)).toBe(text);
  });
});
