/**
 * The events of a run as the console understands them, and the decoder from SSE frames.
 *
 * Invariants: a frame of an unknown kind or with a broken body is skipped (a newer server may send more), never an
 * error; ids of the frames are kept, because reconnecting starts after the last one seen.
 */
import { asRecord, booleanOf, type JsonRecord, numberOf, textOf } from './json-fields.ts';
import type { SseFrame } from './sse-parser.ts';

export interface FileDiff {
  readonly path: string;
  /** Unified diff. */
  readonly diff: string;
  readonly added: number;
  readonly removed: number;
  readonly truncated: boolean;
}

/** What one call of the model used. Tokens are counts, cost is US dollars, durations are milliseconds. */
export interface ModelCall {
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly costUsd: number | null;
  /** Share of the context window, 0–100. */
  readonly contextPct: number;
  readonly durationMs: number;
  readonly firstDeltaMs: number | null;
}

export interface ToolResult {
  readonly toolUseId: string;
  readonly name: string;
  readonly isError: boolean;
  readonly preview: string;
  readonly output: string;
  readonly durationMs: number;
  readonly statusCode: number | null;
  readonly bytes: number;
  readonly errorType: string | null;
  readonly artifactId: string | null;
}

/** Why a call has to wait for a person, and what exactly would run. */
export interface ApprovalQuestion {
  readonly approvalId: string;
  /** The whole command of a shell tool. */
  readonly command: string | null;
  /** Redacted; hidden characters are spelled out. */
  readonly input: JsonRecord;
  readonly cwd: string | null;
  readonly reasons: readonly string[];
  /** RFC 3339; without an answer until then the call is denied. */
  readonly expiresAt: string;
}

export type RunEventBody =
  | { readonly kind: 'replay_meta'; readonly truncated: boolean }
  | { readonly kind: 'status'; readonly message: string }
  | { readonly kind: 'delta'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  | {
      readonly kind: 'tool_start';
      readonly toolUseId: string;
      readonly name: string;
      readonly input: JsonRecord;
      readonly summary: string;
    }
  | { readonly kind: 'tool_progress'; readonly toolUseId: string; readonly chunk: string }
  | ({ readonly kind: 'approval_required'; readonly toolUseId: string } & ApprovalQuestion)
  | { readonly kind: 'approval_resolved'; readonly toolUseId: string }
  | ({ readonly kind: 'tool_result' } & ToolResult)
  | ({ readonly kind: 'file_diff' } & FileDiff)
  | ({ readonly kind: 'usage' } & ModelCall)
  | { readonly kind: 'notice'; readonly code: string; readonly message: string }
  | { readonly kind: 'mid_turn_injection'; readonly count: number }
  | { readonly kind: 'done'; readonly response: string; readonly foldedInto: string | null }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly code: string | null;
      readonly hint: string | null;
    }
  | { readonly kind: 'aborted'; readonly text: string | null };

/** `id` is `null` for frames that are not part of the run's sequence (`replay_meta`). */
export type RunEvent = RunEventBody & { readonly id: number | null; readonly data: JsonRecord };

/** The event of a frame, `null` when the console does not know it. */
export function decodeRunEvent(frame: SseFrame): RunEvent | null {
  const data = parseRecord(frame.data);
  if (data === null) return null;
  const body = DECODERS[frame.event]?.(data);
  if (body === undefined) return null;
  const id = frame.id === null ? Number.NaN : Number(frame.id);
  return { ...body, id: Number.isSafeInteger(id) ? id : null, data };
}

const DECODERS: Readonly<Record<string, (data: JsonRecord) => RunEventBody>> = {
  replay_meta: (data) => ({ kind: 'replay_meta', truncated: booleanOf(data, 'replay_truncated') }),
  status: (data) => ({ kind: 'status', message: textOf(data, 'message') ?? '' }),
  delta: (data) => ({ kind: 'delta', text: textOf(data, 'delta') ?? '' }),
  thinking: (data) => ({ kind: 'thinking', text: textOf(data, 'delta') ?? textOf(data, 'text') ?? '' }),
  tool_start: (data) => ({
    kind: 'tool_start',
    toolUseId: textOf(data, 'tool_use_id') ?? '',
    name: textOf(data, 'name') ?? 'tool',
    input: asRecord(data.input) ?? {},
    summary: textOf(data, 'summary') ?? '',
  }),
  tool_progress: (data) => ({
    kind: 'tool_progress',
    toolUseId: textOf(data, 'tool_use_id') ?? '',
    chunk: textOf(data, 'chunk') ?? '',
  }),
  approval_required: decodeApproval,
  approval_resolved: (data) => ({
    kind: 'approval_resolved',
    toolUseId: textOf(data, 'tool_use_id') ?? '',
  }),
  tool_result: decodeToolResult,
  file_diff: (data) => ({
    kind: 'file_diff',
    path: textOf(data, 'path') ?? '',
    diff: textOf(data, 'diff') ?? '',
    added: numberOf(data, 'added') ?? 0,
    removed: numberOf(data, 'removed') ?? 0,
    truncated: booleanOf(data, 'truncated'),
  }),
  usage: decodeUsage,
  notice: (data) => ({
    kind: 'notice',
    code: textOf(data, 'code') ?? '',
    message: textOf(data, 'message') ?? '',
  }),
  mid_turn_injection: (data) => ({ kind: 'mid_turn_injection', count: numberOf(data, 'count') ?? 1 }),
  done: (data) => ({
    kind: 'done',
    response: textOf(data, 'response') ?? '',
    foldedInto: textOf(data, 'folded_into'),
  }),
  error: (data) => ({
    kind: 'error',
    message: textOf(data, 'error') ?? 'The run failed.',
    code: textOf(data, 'code'),
    hint: textOf(data, 'hint'),
  }),
  aborted: (data) => ({ kind: 'aborted', text: textOf(data, 'text') }),
};

function decodeApproval(data: JsonRecord): RunEventBody {
  const reasons = Array.isArray(data.reasons) ? data.reasons : [];
  return {
    kind: 'approval_required',
    toolUseId: textOf(data, 'tool_use_id') ?? '',
    approvalId: textOf(data, 'approval_id') ?? '',
    command: textOf(data, 'command'),
    input: asRecord(data.input) ?? {},
    cwd: textOf(data, 'cwd'),
    reasons: reasons.flatMap((reason) => textOf(asRecord(reason) ?? {}, 'text') ?? []),
    expiresAt: textOf(data, 'expires_at') ?? '',
  };
}

function decodeToolResult(data: JsonRecord): RunEventBody {
  const preview = textOf(data, 'preview') ?? '';
  return {
    kind: 'tool_result',
    toolUseId: textOf(data, 'tool_use_id') ?? '',
    name: textOf(data, 'name') ?? 'tool',
    isError: booleanOf(data, 'is_error'),
    preview,
    output: textOf(data, 'output') ?? preview,
    durationMs: numberOf(data, 'duration_ms') ?? 0,
    statusCode: numberOf(data, 'status_code'),
    bytes: numberOf(data, 'bytes') ?? 0,
    errorType: textOf(data, 'error_type'),
    artifactId: textOf(data, 'artifact_id'),
  };
}

function decodeUsage(data: JsonRecord): RunEventBody {
  return {
    kind: 'usage',
    provider: textOf(data, 'provider') ?? '',
    model: textOf(data, 'model') ?? '',
    inputTokens: numberOf(data, 'input_tokens') ?? 0,
    outputTokens: numberOf(data, 'output_tokens') ?? 0,
    cacheReadTokens: numberOf(data, 'cache_read_tokens') ?? 0,
    costUsd: numberOf(data, 'cost_usd'),
    contextPct: numberOf(data, 'context_pct') ?? 0,
    durationMs: numberOf(data, 'duration_ms') ?? 0,
    firstDeltaMs: numberOf(data, 'first_delta_ms'),
  };
}

function parseRecord(json: string): JsonRecord | null {
  try {
    return asRecord(JSON.parse(json));
  } catch {
    return null; // skipped as documented above
  }
}
