/** `todo_read`: the chat's plan. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { type ChatDirectory, targetChat } from '../chat-files/target-chat.ts';
import { formatTodos, type TodoStore } from '../todo/todo-store.ts';
import { defineTool, type Tool } from '../tool.ts';

export interface TodoToolParts {
  readonly store: TodoStore;
  readonly chats: ChatDirectory;
}

export function createTodoReadTool({ store, chats }: TodoToolParts): Tool {
  return defineTool({
    name: 'todo_read',
    description: 'Show the todo list of this chat.',
    input: lazyObject(() => ({ chat_id: z.number().int().optional() })),
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    idempotent: true,
    summarize: () => '',
    async run({ chat_id }, context) {
      const target = await targetChat(chat_id, context, chats);
      if (target.kind === 'unknown') return target.outcome;
      const list = await store.read(target.chat);
      if (list.kind === 'list') return { content: formatTodos(list.items) };
      return { content: `${formatTodos([])} (The damaged list was kept as ${list.keptAs}.)` };
    },
  });
}
