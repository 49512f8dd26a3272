/**
 * From a provider's tool call to a `tool_use` block.
 *
 * Invariant: arguments that are not a complete JSON object never become an empty input; the block then says why in
 * `invalid_input` and the call is answered with an error instead of being run.
 */
import type { IdSource } from '../../core/ids.ts';
import { isNestedTooDeeply, isRecord, type JsonObject, parseJson } from '../../core/json.ts';
import type { ToolUseBlock } from '../message.ts';

export type ParsedToolInput =
  | { readonly kind: 'valid'; readonly input: JsonObject }
  | { readonly kind: 'invalid'; readonly reason: string };

/**
 * Reads arguments that arrived as text or as an object. Empty text means a call without arguments, unless the answer
 * was cut by the output limit while the call was still being written (`cut`).
 */
export function parseToolInput(raw: unknown, cut: boolean): ParsedToolInput {
  if (isRecord(raw)) return judgeNesting(raw);
  const text = typeof raw === 'string' ? raw.trim() : '';
  if (text === '') {
    return cut ? { kind: 'invalid', reason: CUT_REASON } : { kind: 'valid', input: {} };
  }
  const parsed = parseJson(text);
  // Some servers encode the object twice.
  const value = typeof parsed === 'string' ? parseJson(parsed) : parsed;
  if (isRecord(value)) return judgeNesting(value);
  if (cut) return { kind: 'invalid', reason: CUT_REASON };
  return {
    kind: 'invalid',
    reason: 'The arguments of this call were not a JSON object. Send the call again with valid JSON.',
  };
}

/** `value` came out of JSON.parse. */
function judgeNesting(value: Record<string, unknown>): ParsedToolInput {
  if (!isNestedTooDeeply(value)) return { kind: 'valid', input: value as JsonObject }; // what JSON.parse gives is JSON
  return {
    kind: 'invalid',
    reason: 'The arguments of this call are nested too deeply. Send the call again with simpler ones.',
  };
}

const CUT_REASON =
  'The arguments of this call were cut off by the output limit. Send the call again with shorter arguments.';

export interface FinishedToolCall {
  readonly id: string;
  readonly name: string;
  readonly rawInput: unknown;
  readonly cut: boolean;
  readonly thoughtSignature?: string | undefined;
}

/** The block for a finished call. */
export function toToolUseBlock(call: FinishedToolCall): ToolUseBlock {
  const parsed = parseToolInput(call.rawInput, call.cut);
  const base = {
    type: 'tool_use',
    id: call.id,
    name: call.name,
    ...(call.thoughtSignature === undefined ? {} : { thought_signature: call.thoughtSignature }),
  } as const;
  return parsed.kind === 'valid'
    ? { ...base, input: parsed.input }
    : { ...base, input: {}, invalid_input: parsed.reason };
}

const INVALID_IN_NAME = /[^A-Za-z0-9_-]/g;
const MAX_NAME = 64;

/**
 * The name of a call as every provider accepts it when the call is sent back: what a model invents
 * (`functions.bash`, an empty name) would otherwise make each later request of its session a bad one.
 */
export function cleanToolName(offered: string): string {
  return offered.trim().replaceAll(INVALID_IN_NAME, '_').slice(0, MAX_NAME) || 'unnamed';
}

const VALID_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** Hands out call ids that every provider accepts and that are unique within one answer. */
export class ToolCallIds {
  readonly #taken = new Set<string>();
  readonly #ids: IdSource;

  constructor(ids: IdSource) {
    this.#ids = ids;
  }

  /** The provider's id when it is usable and new, else `call_<uuid>` without dashes: OpenAI takes 40 characters. */
  claim(offered: unknown): string {
    const usable = typeof offered === 'string' && VALID_ID.test(offered) && !this.#taken.has(offered);
    const id = usable ? offered : `call_${this.#ids.uuid().replaceAll('-', '')}`;
    this.#taken.add(id);
    return id;
  }
}
