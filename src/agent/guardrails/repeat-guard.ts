/**
 * Guards against a model that goes round in circles (tools §2.3). One guard lives for one turn.
 *
 * - duplicate call: the same tool with the same arguments `limit` times among the last `window` executed calls is
 *   refused; refused calls are not counted; `fetch_artifact` is exempt.
 * - identical turn: six answers in a row with the same ordered list of calls end the turn.
 * - no progress: an idempotent tool that returned the same result for the same arguments before gets a warning.
 * - failure streak: the third failure in a row of one tool, whatever its arguments, gets a warning.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/json.ts';
import type { ToolCall, ToolCallResult } from '../../tools/tool-call.ts';

export interface RepeatGuardOptions {
  /** Executed calls looked back at; 0 turns the duplicate-call breaker off. */
  readonly window: number;
  /** At least 1. */
  readonly limit: number;
}

const IDENTICAL_TURN_LIMIT = 6;
const FAILURE_STREAK_LIMIT = 3;
const DUPLICATE_EXEMPT = new Set(['fetch_artifact']);

export class RepeatGuard {
  readonly #options: RepeatGuardOptions;
  readonly #recentCalls: string[] = [];
  readonly #resultsByCall = new Map<string, string>();
  readonly #failureStreaks = new Map<string, number>();
  #lastTurnFingerprint = '';
  #identicalTurns = 0;

  constructor(options: RepeatGuardOptions) {
    this.#options = options;
  }

  /** The refusal for a call that was made too often, or `undefined` and the call counts as executed. */
  refusalFor(call: ToolCall): string | undefined {
    const key = callKey(call);
    const { window, limit } = this.#options;
    if (window > 0 && !DUPLICATE_EXEMPT.has(call.name)) {
      const repeats = this.#recentCalls.filter((recent) => recent === key).length;
      if (repeats >= Math.max(1, limit)) return duplicateText(call.name, repeats);
    }
    this.#recentCalls.push(key);
    if (this.#recentCalls.length > window) this.#recentCalls.shift();
    return undefined;
  }

  /** Counts an answer's calls; true when the turn must end because nothing changes any more. */
  noteAnswer(calls: readonly ToolCall[]): boolean {
    const fingerprint = calls.map((call) => `${call.name}:${canonicalJson(call.input)}`).join('\n');
    this.#identicalTurns = fingerprint === this.#lastTurnFingerprint ? this.#identicalTurns + 1 : 1;
    this.#lastTurnFingerprint = fingerprint;
    return this.#identicalTurns >= IDENTICAL_TURN_LIMIT;
  }

  /** The warning to append to a result, or `undefined`. Results are compared only of idempotent tools. */
  warningFor(call: ToolCall, result: ToolCallResult, idempotent: boolean): string | undefined {
    const streak = result.isError ? (this.#failureStreaks.get(call.name) ?? 0) + 1 : 0;
    this.#failureStreaks.set(call.name, streak);
    const unchanged = idempotent && this.#isRepeated(call, result);
    if (streak >= FAILURE_STREAK_LIMIT) {
      return `[Tool loop warning: ${call.name} has failed ${streak} times in a row. Change the approach or tell the user what is in the way.]`;
    }
    if (unchanged) {
      return `[Tool loop warning: ${call.name} gave the same result for the same arguments before. Repeating it will not help.]`;
    }
    return undefined;
  }

  /** True when the same call had the same result before. */
  #isRepeated(call: ToolCall, result: ToolCallResult): boolean {
    const key = callKey(call);
    const digest = hash(result.content);
    const repeated = this.#resultsByCall.get(key) === digest;
    this.#resultsByCall.set(key, digest);
    return repeated;
  }
}

function callKey(call: ToolCall): string {
  return hash(`${call.name}:${canonicalJson(call.input)}`);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function duplicateText(name: string, repeats: number): string {
  return `Circuit breaker: this exact ${name} call was already made ${repeats} times in this turn. Use the earlier result, change the arguments, or answer the user.`;
}
