import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryWorkspace, toolContext } from '../../../test/support/tool-fixture.ts';
import { createPathGuard } from '../../security/path-guard/path-guard.ts';
import type { ChatWorkspace } from '../tool.ts';
import { createGrepTool } from './grep.ts';

let workspace: ChatWorkspace;
const tool = createGrepTool({
  guard: createPathGuard({ sharedRoots: [], readOnlyRoots: [], protectedPaths: [] }),
});

beforeEach(async () => {
  workspace = await temporaryWorkspace();
  await put('a.ts', 'const one = 1;\nconst two = 2;\r\n');
  await put('src/b.ts', 'let one = 1;\n');
  await put('src/c.md', 'one more\n');
});

async function put(file: string, content: string | Buffer): Promise<void> {
  await mkdir(path.join(workspace.baseDir, path.dirname(file)), { recursive: true });
  await writeFile(path.join(workspace.baseDir, file), content);
}

async function grep(input: Record<string, unknown>): Promise<string> {
  return (await tool.run(input, toolContext(workspace))).content;
}

describe('grep', () => {
  test('shows path, line number and line', async () => {
    expect(await grep({ pattern: 'one' })).toBe(
      'a.ts:1: const one = 1;\nsrc/b.ts:1: let one = 1;\nsrc/c.md:1: one more',
    );
    expect(await grep({ pattern: '2;$' })).toBe('a.ts:2: const two = 2;');
    expect(await grep({ pattern: 'nothing like it' })).toBe('No matches found.');
  });

  test('searches one file or directory, and only names that match', async () => {
    expect(await grep({ pattern: 'one', path: 'a.ts' })).toBe('a.ts:1: const one = 1;');
    expect(await grep({ pattern: 'one', path: 'src' })).toBe(
      'src/b.ts:1: let one = 1;\nsrc/c.md:1: one more',
    );
    expect(await grep({ pattern: 'one', glob: '*.md' })).toBe('src/c.md:1: one more');
    expect(await grep({ pattern: 'one', glob: 'src/*.ts' })).toBe('src/b.ts:1: let one = 1;');
  });

  test('skips hidden, bulky and binary files', async () => {
    for (const file of ['.hidden', '.git/x', 'node_modules/x.js', 'target/x.rs']) await put(file, 'one');
    await put('image.bin', Buffer.from('one\0one'));
    expect((await grep({ pattern: 'one' })).split('\n')).toHaveLength(3);
  });

  test('an invalid expression or filter is an error', async () => {
    expect(await grep({ pattern: '(' })).toMatch(/^Invalid regex: /);
    expect(await grep({ pattern: 'x', glob: '[' })).toMatch(/^Invalid glob: /);
  });

  test('stops at 500 lines and says so', async () => {
    await put('many.txt', 'hit\n'.repeat(600));
    const lines = (await grep({ pattern: 'hit' })).split('\n');
    expect(lines).toHaveLength(501);
    expect(lines.at(-1)).toBe('... (results truncated)');
  });

  test('exactly 500 lines are not truncated', async () => {
    await put('many.txt', 'hit\n'.repeat(500));
    expect(await grep({ pattern: 'hit' })).not.toContain('truncated');
  });

  test('neither leaves the working directory nor follows links out of it', async () => {
    await symlink('/etc', path.join(workspace.baseDir, 'etc'));
    await symlink('/etc/passwd', path.join(workspace.baseDir, 'passwd'));
    expect(await grep({ pattern: 'root' })).toBe('No matches found.');
    for (const start of ['..', '/etc', 'etc', 'passwd', '/etc/passwd']) {
      expect(await grep({ pattern: 'root', path: start }), start).toMatch(/^Access denied: '/);
    }
  });

  test('of a control chat does not look into the program’s own files below its start', async () => {
    await put('mc/config.yaml', 'api_key: one\n');
    await put('mc/runtime/feeds/list.txt', 'one\n');
    const protectedPaths = ['mc/config.yaml', 'mc/runtime'].map((file) => path.join(workspace.baseDir, file));
    const baseDir = path.join(workspace.baseDir, 'src');
    const closed = createGrepTool({
      guard: createPathGuard({ sharedRoots: [], readOnlyRoots: [], protectedPaths }),
    });
    const context = toolContext({ ...workspace, baseDir }, { isControlChat: true });
    const { content } = await closed.run({ pattern: 'one', path: '..' }, context);
    expect(content).toContain('let one = 1;');
    expect(content).not.toMatch(/api_key|list\.txt/);
  });

  test('a missing start is an error', async () => {
    expect(await grep({ pattern: 'x', path: 'missing' })).toBe('Failed to search: No such file or directory');
  });

  test('an expression made to backtrack ends in time and other work goes on', async () => {
    await put('evil.txt', `${'a'.repeat(5000)}!\n`.repeat(500));
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    expect(await grep({ pattern: '^(a+)+$' })).toBe('No matches found.');
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  test('an expression that would run for many seconds on one line is refused', async () => {
    await put('long.txt', 'abcabc'.repeat(3333));
    const output = await grep({ pattern: `${'[a-c]{0,900}'.repeat(10)}[xy]b$` });
    expect(output).toMatch(/^Invalid regex: it is too large/);
  });

  test('stops when the call is stopped', async () => {
    await put('big.txt', 'abcdefgh\n'.repeat(200_000));
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error('stopped')));
    const context = toolContext(workspace, { signal: controller.signal });
    await expect(tool.run({ pattern: '(x+x+)+y' }, context)).rejects.toThrow('stopped');
  });

  test('shortens endless lines', async () => {
    await put('min.js', `hit${'x'.repeat(100_000)}\n`);
    expect((await grep({ pattern: 'hit' })).length).toBeLessThan(600);
  });
});
