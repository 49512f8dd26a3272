/**
 * The todo list of a chat: `<runtime>/groups/<channel>/<chat_id>/TODO.json`, an array of `{task, status}`.
 *
 * Invariants: the file is replaced as a whole; a file that is not a todo list is moved to `TODO.json.corrupt` before a
 * new list takes its place, so nothing a person wrote is lost.
 */
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import { lazy } from '../../core/lazy.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import { readFileIfPresent, writeFileAtomic } from '../chat-files/atomic-file.ts';
import type { ChatKey, GroupDirectories } from '../chat-files/group-directories.ts';

export const todoItem = lazyObject(() => ({
  task: z.string().trim().min(1).max(1000),
  status: z.enum(['pending', 'in_progress', 'completed']),
}));
export type TodoItem = z.infer<typeof todoItem>;

/** Tasks in one list; more is a sign of a model in a loop. */
export const MAX_TODOS = 200;

const storedList = lazy(() => z.array(todoItem));

export type TodoList =
  | { readonly kind: 'list'; readonly items: readonly TodoItem[] }
  /** The file was not a todo list and now lies beside it under this name. */
  | { readonly kind: 'corrupt'; readonly keptAs: string };

export class TodoStore {
  readonly #groups: GroupDirectories;

  constructor(groups: GroupDirectories) {
    this.#groups = groups;
  }

  /** An absent file is an empty list. Rejects with the system's error when the file cannot be read. */
  async read(chat: ChatKey): Promise<TodoList> {
    const file = this.#file(chat);
    const text = await readFileIfPresent(file);
    if (text === undefined) return { kind: 'list', items: [] };
    const parsed = storedList().safeParse(parseJson(text));
    if (parsed.success) return { kind: 'list', items: parsed.data };
    const keptAs = `${file}.corrupt`;
    await rename(file, keptAs);
    return { kind: 'corrupt', keptAs: path.basename(keptAs) };
  }

  /** Replaces the list. */
  async write(chat: ChatKey, items: readonly TodoItem[]): Promise<void> {
    await this.read(chat); // sets a damaged file aside
    await writeFileAtomic(this.#file(chat), `${JSON.stringify(items, null, 2)}\n`);
  }

  /** Forgets the list; used when a session is reset. */
  async clear(chat: ChatKey): Promise<void> {
    await rm(this.#file(chat), { force: true });
  }

  #file(chat: ChatKey): string {
    return path.join(this.#groups.chatDir(chat), 'TODO.json');
  }
}

const MARKS = { pending: '[ ]', in_progress: '[~]', completed: '[x]' } as const;

/** `1. [~] task` lines. */
export function formatTodos(items: readonly TodoItem[]): string {
  if (items.length === 0) return 'No tasks in the todo list.';
  return items
    .map(({ task, status }, index) => `${index + 1}. ${MARKS[status]} ${task.replace(/\s+/g, ' ')}`)
    .join('\n');
}
