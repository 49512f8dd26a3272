/**
 * Decides the next answer from the state of the conversation: text, calls, or both. Pure: the same messages and tools
 * give the same answer.
 */
import type { Message } from '../../message.ts';
import { type AnsweredCall, readConversation } from './conversation-state.ts';
import { fixedAnswer, unavailableAnswer } from './fixed-answers.ts';
import type { Intent, PlannedCall, TodoChange } from './intent.ts';
import { parseIntent } from './parse-intent.ts';
import { renderResults, renderToolResult } from './render-result.ts';
import { applyTodoChange } from './todo-change.ts';

export interface PlannedAnswer {
  readonly text: string;
  readonly calls: readonly PlannedCall[];
}

const READ_TODOS: PlannedCall = { tool: 'todo_read', input: {} };

export function planAnswer(messages: readonly Message[], tools: ReadonlySet<string>): PlannedAnswer {
  const { request, rounds, followUps } = readConversation(messages);
  if (request === undefined) return { text: '', calls: [] };
  const last = rounds.at(-1);
  if (last === undefined) return begin(parseIntent(request, tools), tools);
  const answers = [answerRound(request, last, tools)];
  for (const followUp of followUps) answers.push(begin(parseIntent(followUp, tools), tools));
  return {
    text: answers
      .map((answer) => answer.text)
      .filter((text) => text !== '')
      .join('\n\n'),
    calls: answers.flatMap((answer) => answer.calls),
  };
}

/** The first answer to a request. */
function begin(intent: Intent, tools: ReadonlySet<string>): PlannedAnswer {
  switch (intent.kind) {
    case 'calls':
      return { text: '', calls: intent.calls };
    case 'todo':
      return { text: '', calls: [READ_TODOS] };
    case 'say':
      return { text: fixedAnswer(intent.topic, tools), calls: [] };
    case 'unavailable':
      return { text: unavailableAnswer(intent.what, intent.advice), calls: [] };
    default:
      return intent satisfies never;
  }
}

/** The answer once calls have results: usually the results, sometimes the second step of a change. */
function answerRound(
  request: string,
  round: readonly AnsweredCall[],
  tools: ReadonlySet<string>,
): PlannedAnswer {
  const intent = parseIntent(request, tools);
  const [only] = round;
  const isTodoStep =
    intent.kind === 'todo' && round.length === 1 && only?.name === 'todo_read' && !only.isError;
  if (isTodoStep && only !== undefined) return changeTodos(intent.change, only);
  return { text: renderResults(round), calls: [] };
}

function changeTodos(change: TodoChange, read: AnsweredCall): PlannedAnswer {
  const todos = applyTodoChange(change, read.content);
  if (todos !== undefined) return { text: '', calls: [{ tool: 'todo_write', input: { todos } }] };
  return { text: `There is no such task.\n\n${renderToolResult(read)}`, calls: [] };
}
