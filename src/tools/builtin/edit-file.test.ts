import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryWorkspace, toolContext } from '../../../test/support/tool-fixture.ts';
import { createPathGuard } from '../../security/path-guard/path-guard.ts';
import type { ChatWorkspace } from '../tool.ts';
import { createEditFileTool } from './edit-file.ts';

let workspace: ChatWorkspace;
const tool = createEditFileTool({
  guard: createPathGuard({ sharedRoots: [], readOnlyRoots: [], protectedPaths: [] }),
});

beforeEach(async () => {
  workspace = await temporaryWorkspace();
});

async function edit(before: string, oldString: string, newString: string, replaceAll?: boolean) {
  const file = path.join(workspace.baseDir, 'file.txt');
  await writeFile(file, before);
  const input = { path: 'file.txt', old_string: oldString, new_string: newString, replace_all: replaceAll };
  const outcome = await tool.run(input, toolContext(workspace));
  return { outcome, after: await readFile(file, 'utf8') };
}

describe('edit_file', () => {
  test('replaces exact text', async () => {
    const { outcome, after } = await edit('one\ntwo\nthree\n', 'two', '2');
    expect(outcome).toEqual({
      content: 'Successfully edited file.txt (+1 -1)',
      metadata: {
        file_diff: {
          path: 'file.txt',
          diff: '@@ -1,3 +1,3 @@\n one\n-two\n+2\n three',
          added: 1,
          removed: 1,
          truncated: false,
        },
      },
    });
    expect(after).toBe('one\n2\nthree\n');
  });

  test('leaves the file alone when the text occurs twice', async () => {
    const { outcome, after } = await edit('a\na\n', 'a', 'b');
    expect(outcome).toMatchObject({ isError: true, content: expect.stringContaining('Found 2 matches') });
    expect(after).toBe('a\na\n');
  });

  test('replaces every occurrence when told to', async () => {
    const { outcome, after } = await edit('a\na\n', 'a', 'b', true);
    expect(outcome.content).toBe('Successfully edited file.txt (+2 -2)\nReplaced 2 occurrences.');
    expect(after).toBe('b\nb\n');
  });

  test('with wrong indentation succeeds, names the strategy and keeps the file’s indentation', async () => {
    const { outcome, after } = await edit('{\n    a();\n    b();\n}\n', 'a();\nb();', 'a();\nc();');
    expect(outcome.content).toContain('line_trimmed');
    expect(outcome.metadata).toMatchObject({ file_diff: { added: 1, removed: 1 } });
    expect(after).toBe('{\n    a();\n    c();\n}\n');
  });

  test('a missing, binary or forbidden file is an error', async () => {
    const run = (file: string) =>
      tool.run({ path: file, old_string: 'a', new_string: 'b' }, toolContext(workspace));
    await writeFile(path.join(workspace.baseDir, 'bin'), Buffer.from([97, 0]));
    expect((await run('missing')).content).toBe('Failed to read file: No such file or directory');
    expect((await run('bin')).content).toContain('binary');
    expect((await run('../x')).content).toMatch(/^Access denied/);
  });
});
