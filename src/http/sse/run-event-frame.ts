/**
 * How a turn's events look on the wire of `GET /api/stream`. A pure mapping: one event, one frame; the names and
 * fields are the contract of the HTTP API.
 */
import type { TurnEvent } from '../../agent/turn-event.ts';
import type { RunEventData, RunEventName } from '../schemas/run-events.ts';

export type RunEventFrame = {
  readonly [Name in RunEventName]: { readonly event: Name; readonly data: RunEventData<Name> };
}[RunEventName];

/** The frame of an event, without its id (the event's `seq`). */
export function frameOf(event: TurnEvent): RunEventFrame {
  switch (event.kind) {
    case 'started':
      return { event: 'status', data: { message: 'running' } };
    case 'iteration':
      return { event: 'status', data: { message: `iteration ${event.iteration}` } };
    case 'delta':
      return { event: 'delta', data: { delta: event.text } };
    case 'thinking':
      return { event: 'thinking', data: { delta: event.text } };
    case 'tool_start':
    case 'tool_progress':
    case 'tool_result':
    case 'file_diff':
      return toolFrame(event);
    case 'approval_required':
      return { event: 'approval_required', data: approvalData(event) };
    case 'approval_resolved': {
      const { approvalId, toolUseId, tool, decision, answeredBy } = event;
      const data = {
        approval_id: approvalId,
        tool_use_id: toolUseId,
        tool,
        decision,
        answered_by: answeredBy,
      };
      return { event: 'approval_resolved', data };
    }
    case 'notice':
      return { event: 'notice', data: { code: event.code, message: event.message } };
    case 'mid_turn_injection':
      return { event: 'mid_turn_injection', data: { count: event.count } };
    case 'usage':
      return { event: 'usage', data: usageData(event) };
    case 'done': {
      const folded = event.foldedInto === undefined ? {} : { folded_into: event.foldedInto };
      return { event: 'done', data: { response: event.response, ...folded } };
    }
    case 'error':
      return { event: 'error', data: { error: event.message, code: event.code, hint: event.hint } };
    case 'aborted':
      return { event: 'aborted', data: { text: event.text } };
    default:
      return event satisfies never;
  }
}

type EventOf<Kind extends TurnEvent['kind']> = Extract<TurnEvent, { readonly kind: Kind }>;

function toolFrame(
  event: EventOf<'tool_start' | 'tool_progress' | 'tool_result' | 'file_diff'>,
): RunEventFrame {
  switch (event.kind) {
    case 'tool_start': {
      const { toolUseId, name, input, summary } = event;
      return { event: 'tool_start', data: { tool_use_id: toolUseId, name, input, summary } };
    }
    case 'tool_progress':
      return { event: 'tool_progress', data: { tool_use_id: event.toolUseId, chunk: event.chunk } };
    case 'tool_result':
      return { event: 'tool_result', data: toolResultData(event) };
    case 'file_diff': {
      const { path, diff, added, removed, truncated } = event;
      return { event: 'file_diff', data: { path, diff, added, removed, truncated } };
    }
    default:
      return event satisfies never;
  }
}

function toolResultData(event: EventOf<'tool_result'>): RunEventData<'tool_result'> {
  return {
    tool_use_id: event.toolUseId,
    name: event.name,
    is_error: event.isError,
    preview: event.preview,
    output: event.output,
    duration_ms: event.durationMs,
    status_code: event.statusCode,
    bytes: event.bytes,
    error_type: event.errorType,
    artifact_id: event.artifactId,
  };
}

function approvalData(event: EventOf<'approval_required'>): RunEventData<'approval_required'> {
  return {
    approval_id: event.approvalId,
    tool_use_id: event.toolUseId,
    tool: event.tool,
    preview: event.preview,
    options: [...event.options],
    advisory: event.advisory,
    input: event.input,
    command: event.command,
    cwd: event.cwd,
    reasons: event.reasons.map(({ code, text }) => ({ code, text })),
    expires_at: event.expiresAt,
  };
}

function usageData(event: EventOf<'usage'>): RunEventData<'usage'> {
  return {
    provider: event.provider,
    model: event.model,
    input_tokens: event.usage.inputTokens,
    output_tokens: event.usage.outputTokens,
    cache_read_tokens: event.usage.cacheReadTokens,
    cache_write_tokens: event.usage.cacheWriteTokens,
    cost_usd: event.costMicroUsd === null ? null : event.costMicroUsd / 1_000_000,
    duration_ms: event.durationMs,
    first_delta_ms: event.firstDeltaMs,
    context_pct: event.contextPct,
  };
}
