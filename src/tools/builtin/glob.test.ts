import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { temporaryWorkspace, toolContext } from '../../../test/support/tool-fixture.ts';
import { createPathGuard } from '../../security/path-guard/path-guard.ts';
import type { ChatWorkspace } from '../tool.ts';
import { createGlobTool } from './glob.ts';

let workspace: ChatWorkspace;
const tool = createGlobTool({
  guard: createPathGuard({ sharedRoots: [], readOnlyRoots: [], protectedPaths: [] }),
});

beforeEach(async () => {
  workspace = await temporaryWorkspace();
  for (const file of [
    'readme.md',
    'src/main.ts',
    'src/lib/a.ts',
    'src/lib/b.js',
    '.hidden',
    '.env',
    'node_modules/x/index.js',
    '.git/config',
    'docs/ünï.md',
  ]) {
    await mkdir(path.join(workspace.baseDir, path.dirname(file)), { recursive: true });
    await writeFile(path.join(workspace.baseDir, file), 'x');
  }
});

async function glob(pattern: string, start?: string): Promise<string> {
  const input = start === undefined ? { pattern } : { pattern, path: start };
  return (await tool.run(input, toolContext(workspace))).content;
}

describe('glob', () => {
  test('lists files and directories sorted, hidden ones too, credentials and bulky directories not', async () => {
    expect(await glob('*')).toBe('.hidden\ndocs/\nreadme.md\nsrc/\ntmp/');
  });

  test('finds files at any depth, relative to the working directory', async () => {
    expect(await glob('**/*.ts')).toBe('src/lib/a.ts\nsrc/main.ts');
    expect(await glob('*.ts', 'src')).toBe('src/main.ts');
    expect(await glob('src/lib/*')).toBe('src/lib/a.ts\nsrc/lib/b.js');
    expect(await glob('docs/ünï.md')).toBe('docs/ünï.md');
  });

  test('looks into bulky directories when they are named', async () => {
    expect(await glob('node_modules/**/*.js')).toBe('node_modules/x/index.js');
  });

  test('of a control chat does not list the program’s own files', async () => {
    const closed = createGlobTool({
      guard: createPathGuard({
        sharedRoots: [],
        readOnlyRoots: [],
        protectedPaths: [path.join(workspace.baseDir, 'src/lib')],
      }),
    });
    const baseDir = path.join(workspace.baseDir, 'docs');
    const context = toolContext({ ...workspace, baseDir }, { isControlChat: true });
    const { content } = await closed.run({ pattern: '**/*.*s', path: '..' }, context);
    expect(content).toBe(path.join(workspace.baseDir, 'src/main.ts'));
  });

  test('says when nothing matches, also where there is no such directory', async () => {
    expect(await glob('*.none')).toBe('No files found matching pattern.');
    expect(await glob('nowhere/*')).toBe('No files found matching pattern.');
  });

  test('takes an absolute pattern inside the working directory', async () => {
    expect(await glob(`${workspace.baseDir}/src/*.ts`)).toBe('src/main.ts');
  });

  test('refuses every way out of the working directory', async () => {
    for (const pattern of ['/etc/*', '../*', '../../**', 'src/../../*', '/*', '**/../../x']) {
      expect(await glob(pattern), pattern).toMatch(/^(Access denied: '|No files found)/);
    }
    expect(await glob('*', '..')).toMatch(/^Access denied: '/);
    expect(await glob('*', '/etc')).toMatch(/^Access denied: '/);
  });

  test('neither follows nor shows links that lead out, and does not loop', async () => {
    await symlink('/etc', path.join(workspace.baseDir, 'etc'));
    await symlink('.', path.join(workspace.baseDir, 'self'));
    await symlink('readme.md', path.join(workspace.baseDir, 'link.md'));
    expect(await glob('**/*.md')).toBe('docs/ünï.md\nlink.md\nreadme.md');
    expect(await glob('**/passwd')).toBe('No files found matching pattern.');
    expect(await glob('etc*')).toBe('No files found matching pattern.');
  });

  test('shows 500 paths and counts the rest', async () => {
    await mkdir(path.join(workspace.baseDir, 'many'));
    await Promise.all(
      Array.from({ length: 520 }, (_, index) => writeFile(path.join(workspace.baseDir, `many/${index}`), '')),
    );
    const lines = (await glob('many/*')).split('\n');
    expect(lines).toHaveLength(501);
    expect(lines.at(-1)).toBe('... and 20 more files');
  });

  test('an invalid pattern is an error', async () => {
    expect(await glob('[a')).toBe('Invalid glob: missing closing ]');
  });

  test('stops when the call is stopped', async () => {
    const context = toolContext(workspace, { signal: AbortSignal.abort(new Error('stopped')) });
    await expect(tool.run({ pattern: '**' }, context)).rejects.toThrow('stopped');
  });
});
