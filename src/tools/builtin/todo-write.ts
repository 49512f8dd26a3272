/** `todo_write`: replaces the chat's plan. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { targetChat } from '../chat-files/target-chat.ts';
import { formatTodos, MAX_TODOS, todoItem } from '../todo/todo-store.ts';
import { defineTool, type Tool } from '../tool.ts';
import type { TodoToolParts } from './todo-read.ts';

export function createTodoWriteTool({ store, chats }: TodoToolParts): Tool {
  return defineTool({
    name: 'todo_write',
    description: 'Replace the todo list of this chat; send every task.',
    input: lazyObject(() => ({
      chat_id: z.number().int().optional(),
      todos: z.array(todoItem).max(MAX_TODOS),
    })),
    risk: 'medium',
    concurrency: 'side_effect',
    defaultTimeoutSecs: 30,
    summarize: ({ todos }) => `${todos.length} ${todos.length === 1 ? 'task' : 'tasks'}`,
    async run({ chat_id, todos }, context) {
      const target = await targetChat(chat_id, context, chats);
      if (target.kind === 'unknown') return target.outcome;
      await store.write(target.chat, todos);
      const head = `Todo list updated (${todos.length} tasks).`;
      return { content: todos.length === 0 ? head : `${head}\n${formatTodos(todos)}` };
    },
  });
}
