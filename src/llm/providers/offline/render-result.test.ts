import { describe, expect, it } from 'vitest';
import type { AnsweredCall } from './conversation-state.ts';
import { renderResults, renderToolResult } from './render-result.ts';

const call = (
  name: string,
  input: AnsweredCall['input'],
  content: string,
  isError = false,
): AnsweredCall => ({
  name,
  input,
  content,
  isError,
});
const show = (...parts: Parameters<typeof call>) => renderToolResult(call(...parts));

describe('renderToolResult', () => {
  it('counts and shows a listing', () => {
    expect(show('glob', { pattern: '*' }, 'a.txt\nsrc/')).toBe(
      '2 entries in the working directory of this chat:\n\n```text\na.txt\nsrc/\n```',
    );
    expect(show('glob', { pattern: '*', path: 'src' }, 'src/a.ts')).toContain('1 entry in `src`');
    expect(show('glob', { pattern: '*.md' }, 'No files found matching pattern.')).toBe(
      'No files match `*.md` in the working directory of this chat.',
    );
  });

  it('shows a command with its output, also when either holds backticks', () => {
    expect(show('bash', { command: 'date' }, 'Mon\n')).toBe('``date``\n\n```text\nMon\n```');
    const tricky = show('bash', { command: 'echo `date`' }, '```\nx\n```');
    expect(tricky).toContain('`` echo `date` ``');
    expect(tricky).toContain('````text\n```\nx\n```\n````');
  });

  it('shows a failure with what the tool said about it', () => {
    expect(show('read_file', { path: 'x' }, 'Failed to read file: No such file', true)).toBe(
      'The tool `read_file` failed: Failed to read file: No such file',
    );
    expect(show('bash', { command: 'x' }, 'STDERR:\nnot found', true)).toContain(
      'failed:\n\n```text\nSTDERR:',
    );
    expect(show('bash', {}, '', true)).toBe('The tool `bash` failed without saying why.');
  });

  it('says of a refused call that it was not run, and by whom', () => {
    const denied =
      'The user denied this call of `bash`; it was not run. Do not try it again in another form.';
    expect(show('bash', { command: 'uname -a' }, denied, true)).toBe('Denied: ``uname -a`` was not run.');
    expect(
      show('write_file', { path: 'x' }, 'Nobody approved this call of `write_file` in time.', true),
    ).toBe('Nobody approved `write_file` in time, so it was not run. Ask me again.');
    expect(show('bash', { command: 'ls' }, 'Plan mode: `bash` can change something', true)).toContain(
      '/plan off',
    );
    expect(show('bash', { command: 'ls' }, 'Approval required: nobody can be asked', true)).toContain(
      'failed',
    );
  });

  it('quotes a page without the marks around it', () => {
    const content = '<untrusted_content source="https://a.example/">\n# Hi\n\ntext\n</untrusted_content>';
    expect(show('web_fetch', { url: 'https://a.example/' }, content)).toBe(
      'From https://a.example/:\n\n> # Hi\n>\n> text',
    );
  });

  it('answers in a sentence where a sentence says it all', () => {
    expect(show('calculate', { expression: '2*3' }, '6')).toBe('2×3 = **6**');
    expect(show('write_memory', { content: 'my cat is called Miso' }, 'Memory saved')).toBe(
      'I will remember: *my cat is called Miso*',
    );
    expect(show('write_memory', { content: '', mode: 'replace' }, 'Memory saved')).toMatch(/^Forgotten/);
    expect(show('read_memory', {}, 'No memory file found (not yet created).')).toContain('nothing');
    expect(show('read_memory', {}, '- likes tea')).toContain('- likes tea');
    expect(
      show('get_current_time', {}, 'timezone: Asia/Tokyo\nlocal_time: 2026-07-01T21:05:00.000+09:00'),
    ).toBe('It is **21:05** on 2026-07-01 (Asia/Tokyo, UTC+09:00).');
  });

  it('shows what it does not know as it is, and no more than a screenful', () => {
    expect(show('new_tool', {}, 'x')).toBe('Result of `new_tool`:\n\n```text\nx\n```');
    expect(show('read_file', { path: 'a' }, 'x'.repeat(50_000)).length).toBeLessThan(7_000);
  });

  it('puts the results of a round under one another', () => {
    const results = renderResults([
      call('todo_read', {}, 'none'),
      call('calculate', { expression: '1+1' }, '2'),
    ]);
    expect(results).toBe('none\n\n1+1 = **2**');
  });
});
