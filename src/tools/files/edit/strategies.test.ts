import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EditStrategy } from './edit-strategy.ts';
import {
  blockAnchor,
  EDIT_STRATEGIES,
  escapeNormalized,
  exact,
  indentationFlexible,
  lineTrimmed,
  trimmedBoundary,
  unicodeNormalized,
  whitespaceNormalized,
} from './strategies.ts';

/** The matched pieces of text. */
function found(strategy: EditStrategy, content: string, target: string): string[] {
  return strategy.find(content, target).map(({ start, end }) => content.slice(start, end));
}

const word = fc.stringMatching(/^[a-z]{1,6}$/);
const line = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
const block = fc.array(line, { minLength: 1, maxLength: 5 });
const indent = fc.constantFrom('', '  ', '    ', '\t', '\t\t');

test('the strategies are tried in their documented order', () => {
  expect(EDIT_STRATEGIES.map((strategy) => strategy.name)).toEqual([
    'exact',
    'line_trimmed',
    'whitespace_normalized',
    'indentation_flexible',
    'escape_normalized',
    'trimmed_boundary',
    'unicode_normalized',
    'block_anchor',
  ]);
});

test.each(EDIT_STRATEGIES)('$name finds ranges that are in order, inside the text, and apart', (strategy) => {
  const piece = fc.constantFrom(
    'a',
    'b',
    ' ',
    '\n',
    '\t',
    '\\n',
    "'",
    '’',
    '…',
    '\r\n',
    '"',
    '\\"',
    'ab\nc\nab',
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, text, (content, target) => {
      fc.pre(target !== '');
      let position = 0;
      for (const { start, end } of strategy.find(content, target)) {
        expect(start).toBeGreaterThanOrEqual(position);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(content.length);
        position = end;
      }
    }),
    { numRuns: 300 },
  );
});

describe('exact', () => {
  test('finds what stands there, wherever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (before, target, after) => {
        expect(found(exact, before + target + after, target)).toContain(target);
      }),
    );
  });

  test('does not count overlaps twice', () => {
    expect(found(exact, 'aaaa', 'aa')).toEqual(['aa', 'aa']);
  });
});

describe('line_trimmed', () => {
  test('finds a block whatever the white space around its lines', () => {
    fc.assert(
      fc.property(block, fc.array(indent, { minLength: 5, maxLength: 5 }), (lines, indents) => {
        const content = ['BEGIN', ...lines.map((text, index) => `${indents[index]}${text}  `), 'END'].join(
          '\n',
        );
        expect(found(lineTrimmed, content, lines.join('\n')).length).toBeGreaterThan(0);
      }),
    );
  });

  test('takes the line end along only when the wanted text has one', () => {
    expect(found(lineTrimmed, '  a\n  b\n', 'a\n')).toEqual(['  a\n']);
    expect(found(lineTrimmed, '  a\n  b\n', 'a')).toEqual(['  a']);
  });

  test('ignores carriage returns', () => {
    expect(found(lineTrimmed, 'a\r\nb\r\nc\r\n', 'a\nb')).toEqual(['a\r\nb']);
  });

  test('does not take blank text for a match of blank lines', () => {
    expect(found(lineTrimmed, 'a\n\nb', ' \n')).toEqual([]);
  });
});

describe('whitespace_normalized', () => {
  test('finds words whatever the blanks between them', () => {
    const gap = fc.stringMatching(/^[ \t]{1,4}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 2, maxLength: 5 }),
        fc.array(gap, { minLength: 4, maxLength: 4 }),
        (words, gaps) => {
          const content = words.map((text, index) => (index === 0 ? text : gaps[index - 1] + text)).join('');
          expect(found(whitespaceNormalized, content, words.join(' '))).toEqual([content]);
        },
      ),
    );
  });

  test('does not join lines', () => {
    expect(found(whitespaceNormalized, 'a\nb', 'a b')).toEqual([]);
  });
});

describe('indentation_flexible', () => {
  test('finds a block moved as a whole, and keeps its inner shape', () => {
    fc.assert(
      fc.property(block, indent, indent, (lines, from, to) => {
        const shape = lines.map((text, index) => (index % 2 === 0 ? text : `  ${text}`));
        const content = shape.map((text) => to + text).join('\n');
        const target = shape.map((text) => from + text).join('\n');
        expect(found(indentationFlexible, content, target)).toEqual([content]);
      }),
    );
    expect(found(indentationFlexible, '  a\n      b', 'a\n  b')).toEqual([]);
  });
});

describe('escape_normalized', () => {
  test('finds text whose escapes were written out', () => {
    const raw = fc
      .array(fc.constantFrom('a', '\n', '\t', '"', "'", '\\'), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(raw, (text) => {
        const escaped = text
          .replace(/\\/g, '\\\\')
          .replace(/\n/g, '\\n')
          .replace(/\t/g, '\\t')
          .replace(/"/g, '\\"')
          .replace(/'/g, "\\'");
        fc.pre(escaped !== text);
        expect(found(escapeNormalized, `<${text}>`, escaped)).toContain(text);
      }),
    );
  });

  test('unescapes the replacement in the same way', () => {
    expect(escapeNormalized.adapt?.('x\\ny', '', '')).toBe('x\ny');
  });
});

describe('trimmed_boundary', () => {
  test('finds text with white space around it that is not there, and drops the same from the replacement', () => {
    const space = fc.stringMatching(/^[ \n\t]{1,3}$/);
    fc.assert(
      fc.property(space, line, space, (leading, text, trailing) => {
        const target = leading + text + trailing;
        expect(found(trimmedBoundary, `<${text}>`, target)).toEqual([text]);
        expect(trimmedBoundary.adapt?.(`${leading}new${trailing}`, target, text)).toBe('new');
      }),
    );
  });

  test('keeps a replacement that has no such white space', () => {
    expect(trimmedBoundary.adapt?.('new', '\nold\n', 'old')).toBe('new');
  });
});

describe('unicode_normalized', () => {
  test('finds typographic text by its plain form and the other way round', () => {
    const pairs = [
      ['“', '"'],
      ['’', "'"],
      ['—', '-'],
      ['…', '...'],
      ['\u00a0', ' '],
    ] as const;
    const side = fc.array(fc.constantFrom(...pairs.map((_, index) => index), -1), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(side, (choice) => {
        const fancy = choice.map((index) => pairs[index]?.[0] ?? 'x').join('');
        const plain = choice.map((index) => pairs[index]?.[1] ?? 'x').join('');
        expect(found(unicodeNormalized, `<${fancy}>`, plain)).toEqual([fancy]);
        expect(found(unicodeNormalized, `<${plain}>`, fancy)).toEqual([plain]);
      }),
    );
  });

  test('a match that begins inside an ellipsis covers it', () => {
    expect(found(unicodeNormalized, 'a…b', '.b')).toEqual(['…b']);
  });
});

describe('block_anchor', () => {
  const body = ['function f() {', '  const total = sum(items);', '  log(total);', '  return total;', '}'];

  test('finds a block by its ends when half of the middle agrees', () => {
    const drifted = [
      'function f() {',
      '  const total = add(items);',
      '  log(total);',
      '  return total',
      '}',
    ].join('\n');
    expect(found(blockAnchor, body.join('\n'), drifted)).toEqual([body.join('\n')]);
  });

  test('refuses when the middle is something else', () => {
    expect(
      found(blockAnchor, body.join('\n'), 'function f() {\n  aaaaaaaaaaaa\n  bbbbbbbbbb\n  cccccc\n}'),
    ).toEqual([]);
  });

  test('of several candidates takes only one that is clearly meant', () => {
    const other = ['function f() {', '  nothing();', '  at(all);', '  similar;', '}'];
    const content = [...other, ...body].join('\n');
    expect(found(blockAnchor, content, body.join('\n').replace('sum', 'Sum'))).toEqual([body.join('\n')]);
    const weak = ['function f() {', '  const x = sum(list);', '  print(total);', '  return null;', '}'].join(
      '\n',
    );
    expect(found(blockAnchor, content, weak)).toEqual([]);
  });

  test('needs three lines', () => {
    expect(found(blockAnchor, 'a\nb', 'a\nb')).toEqual([]);
  });
});
