import { chmod, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryWorkspace, toolContext } from '../../../test/support/tool-fixture.ts';
import { createPathGuard } from '../../security/path-guard/path-guard.ts';
import type { ChatWorkspace } from '../tool.ts';
import { createReadFileTool, formatLines } from './read-file.ts';

let workspace: ChatWorkspace;
const tool = createReadFileTool({
  guard: createPathGuard({ sharedRoots: [], readOnlyRoots: [], protectedPaths: [] }),
});

beforeEach(async () => {
  workspace = await temporaryWorkspace();
});

async function put(name: string, content: string | Buffer): Promise<void> {
  await mkdir(path.dirname(path.join(workspace.baseDir, name)), { recursive: true });
  await writeFile(path.join(workspace.baseDir, name), content);
}

const read = (input: Record<string, unknown>) => tool.run(input, toolContext(workspace));

describe('read_file', () => {
  test('numbers lines from one', async () => {
    await put('a.txt', 'one\ntwo\r\nthree');
    expect(await read({ path: 'a.txt' })).toEqual({ content: '     1\tone\n     2\ttwo\n     3\tthree' });
  });

  test('shows a part and says how much there is', async () => {
    await put('a.txt', Array.from({ length: 10 }, (_, index) => `l${index + 1}\n`).join(''));
    expect((await read({ path: 'a.txt', offset: 3, limit: 2 })).content).toBe(
      '     3\tl3\n     4\tl4\n... (lines 3-4 of 10; continue with offset 5)',
    );
    expect((await read({ path: 'a.txt', offset: 9 })).content).toBe('     9\tl9\n    10\tl10');
  });

  test('shows 2000 lines unless told otherwise', async () => {
    await put('long.txt', 'x\n'.repeat(2500));
    const { content } = await read({ path: 'long.txt' });
    expect(content.split('\n')).toHaveLength(2001);
    expect(content).toContain('of 2500');
  });

  test('gives nothing beyond the end and for an empty file', async () => {
    await put('a.txt', 'one\n');
    await put('empty.txt', '');
    expect((await read({ path: 'a.txt', offset: 5 })).content).toBe('');
    expect((await read({ path: 'empty.txt' })).content).toBe('');
  });

  test('reads text of every script and keeps it whole', async () => {
    await put('ünï.txt', 'grüße 主 😀');
    expect((await read({ path: 'ünï.txt' })).content).toBe('     1\tgrüße 主 😀');
  });

  test('refuses binary files, other encodings and files that are too large, and says what to do', async () => {
    await put('image.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]));
    await put('latin1.txt', Buffer.from('gr\xfc\xdfe', 'latin1'));
    await put('huge.txt', '');
    await truncate(path.join(workspace.baseDir, 'huge.txt'), 10 * 1024 * 1024 + 1);
    for (const name of ['image.png', 'latin1.txt', 'huge.txt']) {
      const outcome = await read({ path: name });
      expect(outcome).toMatchObject({ isError: true, errorType: 'tool_error' });
      expect(outcome.content).toMatch(/^Failed to read file: file is .*bash/);
    }
  });

  test('names what is wrong with a path, without telling where the directory is', async () => {
    await put('locked/a.txt', 'x');
    expect((await read({ path: 'missing.txt' })).content).toBe(
      'Failed to read file: No such file or directory',
    );
    expect((await read({ path: 'locked' })).content).toBe('Failed to read file: Is a directory');
    expect((await read({ path: 'locked/a.txt/b' })).content).toBe('Failed to read file: Not a directory');
    await chmod(path.join(workspace.baseDir, 'locked/a.txt'), 0o644);
  });

  test('answers a refused path with the guard’s text', async () => {
    await symlink('/etc', path.join(workspace.baseDir, 'link'));
    for (const requested of [
      '../../../../etc/shadow',
      '/home/u/.ssh/id_rsa',
      'link/passwd',
      'a/../link/passwd',
      '../2/x',
    ]) {
      expect(await read({ path: requested }), requested).toMatchObject({
        isError: true,
        errorType: 'path_policy_blocked',
        content: expect.stringMatching(/^Access denied: '/),
      });
    }
  });

  test('shortens endless lines', () => {
    const text = formatLines('x'.repeat(5000), 1, 1);
    expect(text.length).toBeLessThan(2100);
    expect(text).toContain('line of 5000 characters cut');
  });
});
