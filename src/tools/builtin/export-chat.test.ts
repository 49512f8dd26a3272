import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPathGuard } from '../../security/path-guard/path-guard.ts';
import type { ToolContext } from '../tool.ts';
import type { TranscriptMessage } from '../transcript/render-transcript.ts';
import { createExportChatTool } from './export-chat.ts';

let root: string;
let baseDir: string;
let exportsDir: string;
let pages: TranscriptMessage[][];

beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'export-')));
  baseDir = path.join(root, 'work', 'chat', 'web', '5');
  exportsDir = path.join(root, 'exports');
  await mkdir(baseDir, { recursive: true });
  pages = [
    [
      { senderName: 'Ada', content: 'hello\n', isFromBot: false, timestamp: '2026-01-01T00:00:00.000Z' },
      { senderName: 'microclaw', content: '**hi**', isFromBot: true, timestamp: '2026-01-01T00:00:01.000Z' },
    ],
    [{ senderName: 'a*\n*b', content: 'x', isFromBot: false, timestamp: '2026-01-01T00:00:02.000Z' }],
  ];
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function* transcript(chatId: number) {
  if (chatId === 5) yield* pages;
}

function exportChat(input: object, context: Partial<ToolContext> = {}) {
  const tool = createExportChatTool({
    transcripts: { all: transcript },
    guard: createPathGuard({ sharedRoots: [], readOnlyRoots: [], protectedPaths: [] }),
    exportsDir,
    clock: { now: () => Date.parse('2026-07-01T12:30:45.678Z') },
  });
  return tool.run(tool.input.parse(input), {
    chat: { chatId: 5 },
    workspace: { baseDir, tmpDir: path.join(baseDir, 'tmp') },
    isControlChat: false,
    signal: new AbortController().signal,
    ...context,
  } as ToolContext);
}

describe('export_chat', () => {
  it('writes every message to a file named after the chat and the time', async () => {
    const file = path.join(exportsDir, '5_20260701_123045.md');
    const outcome = await exportChat({});
    expect(outcome.content).toBe(`Exported 3 messages to ${file}`);
    expect(await readFile(file, 'utf8')).toBe(
      [
        '# Chat Export: 5',
        '',
        'Exported at 2026-07-01T12:30:45.678Z',
        '',
        '---',
        '',
        '**Ada** (2026-01-01T00:00:00.000Z)',
        '',
        'hello',
        '',
        '---',
        '',
        '**Bot** (2026-01-01T00:00:01.000Z)',
        '',
        '**hi**',
        '',
        '---',
        '',
        '**a b** (2026-01-01T00:00:02.000Z)',
        '',
        'x',
        '',
      ].join('\n'),
    );
  });

  it('never overwrites an earlier export', async () => {
    await exportChat({});
    expect((await exportChat({})).content).toContain('5_20260701_123045-2.md');
    expect(await readdir(exportsDir)).toHaveLength(2);
  });

  it('says so when there is nothing to export, and leaves no file', async () => {
    expect(await exportChat({ chat_id: 6 })).toMatchObject({
      isError: true,
      content: 'No messages found for chat 6.',
    });
    expect(await exportChat({ chat_id: 6, path: 'a.md' })).toMatchObject({ isError: true });
    expect(await readdir(exportsDir)).toEqual([]);
    expect(await readdir(baseDir)).toEqual([]);
  });

  it('writes to a path below the chat’s directory or the exports directory', async () => {
    expect((await exportChat({ path: 'out/chat.md' })).content).toBe(
      `Exported 3 messages to ${path.join(baseDir, 'out/chat.md')}`,
    );
    expect(await readFile(path.join(baseDir, 'out/chat.md'), 'utf8')).toContain('hello');
    await mkdir(exportsDir, { recursive: true });
    expect(await exportChat({ path: path.join(exportsDir, 'mine.md') })).not.toHaveProperty('isError');
  });

  it.each([
    '/etc/cron.d/x',
    '../../6/a.md',
    '../../../../outside.md',
    '~/x.md/../../../../../x',
    'link/x.md',
    '.env',
  ])('refuses the path %s', async (requested) => {
    await symlink(root, path.join(baseDir, 'link'));
    const outcome = await exportChat({ path: requested }, { isControlChat: true });
    expect(outcome).toMatchObject({ isError: true, errorType: 'path_policy_blocked' });
    expect(outcome.content).toContain('Access denied');
  });

  it('refuses a file that exists', async () => {
    await writeFile(path.join(baseDir, 'a.md'), 'precious');
    expect(await exportChat({ path: 'a.md' })).toMatchObject({
      isError: true,
      content: 'Failed to export chat: File exists',
    });
    expect(await readFile(path.join(baseDir, 'a.md'), 'utf8')).toBe('precious');
  });

  it('leaves nothing behind when it is stopped', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    controller.abort(reason);
    await expect(exportChat({}, { signal: controller.signal })).rejects.toBe(reason);
    expect(await readdir(exportsDir)).toEqual([]);
  });
});
