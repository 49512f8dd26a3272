/** Rebuilds a run from the stored transcript: its tool calls, the messages it answered with, and how it ended. */
import { asRecord, booleanOf, numberOf, textOf } from './json-fields.ts';
import type { FileDiff } from './run-event.ts';
import {
  newRun,
  type RunFailure,
  type RunState,
  type Segment,
  type ToolCall,
  type ToolState,
} from './run-state.ts';
import type { HistoryMessage, HistoryRun, HistoryToolCall } from './types.ts';

/**
 * The run as one state; `answers` are the bot's messages of the run, oldest first. Without `ending` (a run that is only
 * known by its messages) it counts as done.
 */
export function runFromHistory(
  runId: string,
  toolCalls: readonly HistoryToolCall[],
  answers: readonly HistoryMessage[],
  ending?: HistoryRun,
): RunState {
  const tools = toolCalls.map(toolFromHistory);
  const texts = answers.map((answer) => withoutEnding(answer.content, ending)).filter((text) => text !== '');
  const segments: Segment[] = [
    ...tools.map((tool): Segment => ({ kind: 'tool', toolUseId: tool.toolUseId })),
    ...texts.map((text): Segment => ({ kind: 'text', text })),
  ];
  return {
    ...newRun(runId),
    phase: ending?.state === 'error' || ending?.state === 'aborted' ? ending.state : 'done',
    failure: failureOf(ending),
    segments,
    tools: Object.fromEntries(tools.map((tool) => [tool.toolUseId, tool])),
  };
}

function failureOf(ending: HistoryRun | undefined): RunFailure | null {
  if (ending?.state !== 'error' || ending.error_message === null) return null;
  return { message: ending.error_message, code: ending.error_code, hint: ending.error_hint };
}

/** What the runtime says at the end of a run that was stopped. */
const STOPPED = 'Current run aborted.';

/** The transcript tells the ending in words, which the run shows in its own way. */
function withoutEnding(text: string, ending: HistoryRun | undefined): string {
  if (ending?.state === 'aborted' && text.endsWith(STOPPED)) return text.slice(0, -STOPPED.length).trimEnd();
  const failure = `Error: ${ending?.error_message}`;
  if (ending?.state === 'error' && text.startsWith(failure)) return text.slice(failure.length).trimStart();
  return text;
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
