/** What the offline interpreter understood. */
import type { JsonObject } from '../../../core/json.ts';

/** One tool call it wants to make. */
export interface PlannedCall {
  readonly tool: string;
  readonly input: JsonObject;
}

/** A change of the todo list: the list is read first, because writing replaces all of it. */
export type TodoChange =
  | { readonly kind: 'add'; readonly task: string }
  /** `which` is a number of the list or words of the task. */
  | { readonly kind: 'complete'; readonly which: string };

/** Answers that need no tool. */
export type Topic = 'hello' | 'about' | 'help' | 'connect' | 'thanks' | 'unknown';

export type Intent =
  | { readonly kind: 'calls'; readonly calls: readonly PlannedCall[] }
  | { readonly kind: 'todo'; readonly change: TodoChange }
  | { readonly kind: 'say'; readonly topic: Topic }
  /** Understood, but the tool for it is not offered. `what` completes "I cannot …". */
  | { readonly kind: 'unavailable'; readonly what: string; readonly advice?: string };
