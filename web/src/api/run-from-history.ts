/** Rebuilds a finished run from the stored transcript: its tool calls, then the messages it answered with. */
import { asRecord, booleanOf, numberOf, textOf } from './json-fields.ts';
import type { FileDiff } from './run-event.ts';
import { newRun, type RunState, type Segment, type ToolCall, type ToolState } from './run-state.ts';
import type { HistoryMessage, HistoryToolCall } from './types.ts';

/** The run as one finished state; `answers` are the bot's messages of the run, oldest first. */
export function runFromHistory(
  runId: string,
  toolCalls: readonly HistoryToolCall[],
  answers: readonly HistoryMessage[],
): RunState {
  const tools = toolCalls.map(toolFromHistory);
  const segments: Segment[] = [
    ...tools.map((tool): Segment => ({ kind: 'tool', toolUseId: tool.toolUseId })),
    ...answers.map((answer): Segment => ({ kind: 'text', text: answer.content })),
  ];
  return {
    ...newRun(runId),
    phase: 'done',
    segments,
    tools: Object.fromEntries(tools.map((tool) => [tool.toolUseId, tool])),
  };
}

function toolFromHistory(call: HistoryToolCall): ToolCall {
  return {
    toolUseId: call.tool_use_id,
    name: call.name,
    summary: call.summary,
    input: call.input,
    state: stateFromHistory(call),
    liveOutput: '',
    output: call.output,
    startedAtMs: Date.parse(call.started_at),
    durationMs: call.duration_ms,
    bytes: call.bytes,
    statusCode: call.status_code,
    errorType: call.error_type,
    artifactId: call.artifact_id,
    isCut: call.is_cut,
    approval: null,
    diffs: diffsFromMetadata(call.metadata),
  };
}

function stateFromHistory(call: HistoryToolCall): ToolState {
  if (call.is_error) return 'failed';
  return call.output === null ? 'interrupted' : 'done';
}

function diffsFromMetadata(metadata: HistoryToolCall['metadata']): readonly FileDiff[] {
  const diff = asRecord(metadata?.file_diff ?? null);
  if (diff === null) return [];
  return [
    {
      path: textOf(diff, 'path') ?? '',
      diff: textOf(diff, 'diff') ?? '',
      added: numberOf(diff, 'added') ?? 0,
      removed: numberOf(diff, 'removed') ?? 0,
      truncated: booleanOf(diff, 'truncated'),
    },
  ];
}
