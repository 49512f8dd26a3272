/** Applies a change to a todo list in the form in which `todo_read` shows it. */
import type { JsonObject } from '../../../core/json.ts';
import type { TodoChange } from './intent.ts';

const STATUS: Readonly<Record<string, string>> = { ' ': 'pending', '~': 'in_progress', x: 'completed' };

interface Todo extends JsonObject {
  readonly task: string;
  readonly status: string;
}

/** The new list, or `undefined` when the task to complete is not in it. */
export function applyTodoChange(change: TodoChange, shown: string): readonly Todo[] | undefined {
  const todos = readTodos(shown);
  if (change.kind === 'add') return [...todos, { task: change.task, status: 'pending' }];
  const index = findTodo(todos, change.which);
  if (index === -1) return undefined;
  return todos.map((todo, position) => (position === index ? { ...todo, status: 'completed' } : todo));
}

function readTodos(shown: string): readonly Todo[] {
  return [...shown.matchAll(/^\d+\. \[([ ~x])\] (.+)$/gm)].map((match) => ({
    task: match[2] ?? '',
    status: STATUS[match[1] ?? ' '] ?? 'pending',
  }));
}

function findTodo(todos: readonly Todo[], which: string): number {
  if (/^\d+$/.test(which)) return Number(which) <= todos.length ? Number(which) - 1 : -1;
  const wanted = which.toLowerCase();
  const exact = todos.findIndex((todo) => todo.task.toLowerCase() === wanted);
  return exact === -1 ? todos.findIndex((todo) => todo.task.toLowerCase().includes(wanted)) : exact;
}
