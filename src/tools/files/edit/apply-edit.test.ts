import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdit, type EditResult } from './apply-edit.ts';

function edit(content: string, oldString: string, newString: string, replaceAll = false): EditResult {
  return applyEdit({ content, oldString, newString, replaceAll });
}

function message(result: EditResult): string {
  return result.kind === 'failed' ? result.message : `edited via ${result.strategy}`;
}

describe('an edit', () => {
  test('of exact text changes it and nothing else', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1 }),
        fc.string(),
        fc.string(),
        (before, old, replacement, after) => {
          fc.pre(old !== replacement && (before + old + after).split(old).length === 2);
          expect(edit(before + old + after, old, replacement)).toMatchObject({
            kind: 'edited',
            content: before + replacement + after,
            strategy: 'exact',
          });
        },
      ),
    );
  });

  test('of text that occurs twice needs replace_all', () => {
    expect(message(edit('a b a', 'a', 'c'))).toMatch(/^Found 2 matches for old_string \(matched via exact/);
    expect(edit('a b a', 'a', 'c', true)).toMatchObject({ content: 'c b c', count: 2 });
  });

  test('has nothing to do without a difference', () => {
    expect(message(edit('a', '', 'b'))).toBe('old_string cannot be empty');
    expect(message(edit('a', 'a', 'a'))).toBe('old_string and new_string are identical');
    expect(message(edit('a', 'x', 'y'))).toMatch(/^Could not find a match for old_string in the file/);
  });

  test('never puts replacement patterns of the language to work', () => {
    expect(edit('a', 'a', '$& $1 $$')).toMatchObject({ content: '$& $1 $$' });
  });

  test('that is off by a fixed indentation is moved into place', () => {
    const content = 'class A {\n    run() {\n        return 1;\n    }\n}\n';
    const result = edit(
      content,
      'run() {\n    return 1;\n}',
      'run() {\n    const x = 1;\n\n    return x;\n}',
    );
    expect(result).toMatchObject({
      strategy: 'line_trimmed',
      content: 'class A {\n    run() {\n        const x = 1;\n\n        return x;\n    }\n}\n',
    });
  });

  test('that is indented too far is moved back', () => {
    expect(edit('a\nb\n', '  a\n  b', '  a\n    c\n  b')).toMatchObject({ content: 'a\n  c\nb\n' });
  });

  test('whose indentation differs from line to line is taken as it is', () => {
    expect(edit('  a\n b\n', 'a\nb', 'x\ny')).toMatchObject({ content: 'x\ny\n' });
  });

  test('whose replacement begins at another indentation is taken as it is', () => {
    expect(edit('  a\n  b\n', 'a\nb', '  x\n  y')).toMatchObject({ content: '  x\n  y\n' });
  });

  test('keeps the line ends of a file that has carriage returns', () => {
    expect(edit('a\r\nb\r\nc\r\n', 'a\nb', 'x\ny\nz')).toMatchObject({ content: 'x\r\ny\r\nz\r\nc\r\n' });
    expect(edit('a\r\nb\r\n', 'b', 'x\ny')).toMatchObject({ content: 'a\r\nx\r\ny\r\n' });
  });

  test('with quotes escaped that the file does not escape is refused', () => {
    expect(message(edit('say("hi")', 'say(\\"hi\\")', 'say(\\"ho\\")'))).toMatch(/^Escape-drift detected: /);
    expect(edit('say(\\"hi\\")', 'say(\\"hi\\")', 'say(\\"ho\\")')).toMatchObject({
      content: 'say(\\"ho\\")',
    });
  });

  test('that tolerantly finds what is already there is refused', () => {
    expect(message(edit('  a', 'a ', '  a'))).toMatch(/changes nothing/);
  });
});
