import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatRef } from '../../core/chat.ts';
import { createGroupDirectories } from '../chat-files/group-directories.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { createTodoTools } from './todo-tools.ts';

const caller: ChatRef = { chatId: 100, channel: 'telegram', externalId: '100', kind: 'private' };
const other: ChatRef = { chatId: 7, channel: 'web', externalId: 'main', kind: 'private' };

let runtime: string;
let read: Tool;
let write: Tool;
beforeEach(async () => {
  runtime = await mkdtemp(path.join(tmpdir(), 'todo-'));
  const groups = createGroupDirectories(runtime);
  const chats = { find: async (id: number) => [caller, other].find((chat) => chat.chatId === id) };
  [read, write] = createTodoTools({ groups, chats }) as [Tool, Tool];
});
afterEach(() => rm(runtime, { recursive: true, force: true }));

const run = (tool: Tool, input: object) => tool.run(tool.input.parse(input), { chat: caller } as ToolContext);

describe('todo tools', () => {
  it('start with an empty list', async () => {
    expect((await run(read, { chat_id: 100 })).content).toBe('No tasks in the todo list.');
  });

  it('write the list of the calling chat and show it', async () => {
    const written = await run(write, {
      chat_id: 100,
      todos: [
        { task: 'a', status: 'in_progress' },
        { task: 'b\nc', status: 'pending' },
        { task: 'd', status: 'completed' },
      ],
    });
    expect(written.content.split('\n')).toEqual([
      'Todo list updated (3 tasks).',
      '1. [~] a',
      '2. [ ] b c',
      '3. [x] d',
    ]);
    const file = path.join(runtime, 'groups', 'telegram', '100', 'TODO.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toContainEqual({ task: 'a', status: 'in_progress' });
    expect((await run(read, {})).content).toContain('1. [~] a');
  });

  it('use the channel of the chat they operate on', async () => {
    await run(write, { chat_id: 7, todos: [{ task: 'x', status: 'pending' }] });
    expect(await readFile(path.join(runtime, 'groups', 'web', '7', 'TODO.json'), 'utf8')).toContain('"x"');
  });

  it('refuse a chat that does not exist', async () => {
    expect(await run(read, { chat_id: 8 })).toMatchObject({ isError: true });
    expect(await run(write, { chat_id: 8, todos: [] })).toMatchObject({ isError: true });
  });

  it('replace the whole list', async () => {
    await run(write, { todos: [{ task: 'old', status: 'pending' }] });
    expect((await run(write, { todos: [] })).content).toBe('Todo list updated (0 tasks).');
    expect((await run(read, {})).content).toBe('No tasks in the todo list.');
  });

  it('keep a damaged file beside the new one', async () => {
    await run(write, { todos: [{ task: 'old', status: 'pending' }] });
    const file = path.join(runtime, 'groups', 'telegram', '100', 'TODO.json');
    await writeFile(file, '[{"task": "precious');
    expect((await run(read, {})).content).toMatch(/^No tasks in the todo list\. .*TODO\.json\.corrupt/);
    await writeFile(file, '{"not":"a list"}');
    await run(write, { todos: [{ task: 'new', status: 'pending' }] });
    expect(await readFile(`${file}.corrupt`, 'utf8')).toBe('{"not":"a list"}');
    expect((await run(read, {})).content).toBe('1. [ ] new');
  });

  it.each([
    [{ todos: [{ task: 'a', status: 'done' }] }],
    [{ todos: [{ task: ' ', status: 'pending' }] }],
    [{ todos: [{ status: 'pending' }] }],
    [{}],
  ])('refuse the input %j', (input) => {
    expect(write.input.safeParse(input).success).toBe(false);
  });
});
