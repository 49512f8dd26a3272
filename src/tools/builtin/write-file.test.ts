import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryWorkspace, toolContext } from '../../../test/support/tool-fixture.ts';
import { createPathGuard } from '../../security/path-guard/path-guard.ts';
import type { ChatWorkspace } from '../tool.ts';
import { createWriteFileTool } from './write-file.ts';

let workspace: ChatWorkspace;
const guard = createPathGuard({ sharedRoots: [], readOnlyRoots: [], protectedPaths: [] });
const tool = createWriteFileTool({ guard, diffMaxLines: 10 });

beforeEach(async () => {
  workspace = await temporaryWorkspace();
});

const write = (file: string, content: string) => tool.run({ path: file, content }, toolContext(workspace));
const onDisk = (file: string) => readFile(path.join(workspace.baseDir, file), 'utf8');

describe('write_file', () => {
  test('creates a file with its directories and counts lines', async () => {
    const outcome = await write('a/b/c.txt', 'one\ntwo\n');
    expect(outcome.content).toBe('Successfully wrote to a/b/c.txt (+2 -0)');
    expect(outcome.metadata).toEqual({
      file_diff: {
        path: 'a/b/c.txt',
        diff: '@@ -0,0 +1,2 @@\n+one\n+two',
        added: 2,
        removed: 0,
        truncated: false,
      },
    });
    expect(await onDisk('a/b/c.txt')).toBe('one\ntwo\n');
    expect(await readdir(path.join(workspace.baseDir, 'a/b'))).toEqual(['c.txt']);
  });

  test('overwrites and counts what changed', async () => {
    await write('a.txt', 'one\ntwo\nthree\n');
    expect((await write('a.txt', 'one\n2\nthree\nfour\n')).content).toBe(
      'Successfully wrote to a.txt (+2 -1)',
    );
  });

  test('has no counts and no diff when nothing changed', async () => {
    await write('a.txt', 'same\n');
    const outcome = await write('a.txt', 'same\n');
    expect(outcome).toEqual({ content: 'Successfully wrote to a.txt' });
  });

  test('cuts a long diff at the configured length', async () => {
    const { metadata } = await write('a.txt', 'x\n'.repeat(50));
    expect(metadata).toMatchObject({ file_diff: { added: 50, truncated: true } });
  });

  test('replaces a file that is not text', async () => {
    await writeFile(path.join(workspace.baseDir, 'bin'), Buffer.from([0, 1, 2]));
    expect((await write('bin', 'text')).isError).toBeUndefined();
    expect(await onDisk('bin')).toBe('text');
  });

  test('refuses to leave the chat’s directory, through links too', async () => {
    await symlink('/etc', path.join(workspace.baseDir, 'link'));
    for (const file of ['../x', '/etc/cron.d/x', 'link/x', '.env', 'id_rsa']) {
      expect(await write(file, 'x'), file).toMatchObject({
        isError: true,
        content: expect.stringMatching(/^Access denied: '/),
      });
    }
  });

  test('names what is wrong with a path', async () => {
    await write('file', 'x');
    expect((await write('tmp', 'x')).content).toBe('Failed to write file: Is a directory');
    expect((await write('file/below', 'x')).content).toBe('Failed to write file: Not a directory');
    expect((await write('n'.repeat(300), 'x')).content).toBe('Failed to write file: File name too long');
  });

  test('keeps skills in the skills directory', async () => {
    expect((await write('SKILL.md', 'x')).content).toMatch(/^Wrong directory for skills!/);
    expect((await write('runtime/skills/a/SKILL.md', 'x')).content).toMatch(/^Wrong directory for skills!/);
    expect((await write('skills/a/SKILL.md', 'x')).isError).toBeUndefined();
  });
});
