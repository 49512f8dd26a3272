/** What the two todo tools share. */

import type { GroupDirectories } from '../chat-files/group-directories.ts';
import type { ChatDirectory } from '../chat-files/target-chat.ts';
import { TodoStore } from '../todo/todo-store.ts';
import type { Tool } from '../tool.ts';
import { createTodoReadTool } from './todo-read.ts';
import { createTodoWriteTool } from './todo-write.ts';

export interface TodoToolsOptions {
  readonly groups: GroupDirectories;
  readonly chats: ChatDirectory;
}

/** `todo_read` and `todo_write` over one store. */
export function createTodoTools(options: TodoToolsOptions): readonly Tool[] {
  const parts = { store: new TodoStore(options.groups), chats: options.chats };
  return [createTodoReadTool(parts), createTodoWriteTool(parts)];
}
