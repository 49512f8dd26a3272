/**
 * Pure reducer from the events of a run to its state.
 *
 * Invariants: an event whose id was already taken in changes nothing, so a replay after a reconnect doubles no text;
 * nothing changes after the terminal event; the final text equals the server's `response`, whatever deltas were lost.
 */
import type { ApprovalQuestion, FileDiff, RunEvent, RunEventBody, ToolResult } from './run-event.ts';
import {
  answerText,
  isActive,
  LIVE_OUTPUT_MAX_CHARS,
  type RunState,
  type Segment,
  type ToolCall,
} from './run-state.ts';

/** The state after `event`; `nowMs` is the time of its arrival. Returns the same object when nothing changed. */
export function reduceRun(state: RunState, event: RunEvent, nowMs: number): RunState {
  if (!isActive(state)) return state;
  if (event.id !== null && event.id <= state.lastEventId) return state;
  const current = isContinuation(state, event) ? afterRestart(state, nowMs) : state;
  const seen = event.id === null ? current : { ...current, lastEventId: event.id };
  return apply(seen, event, nowMs);
}

/** A run that a restarted server continues counts its events from the next million (`turns.resume_count`). */
function isContinuation(state: RunState, event: RunEvent): boolean {
  const epochOf = (id: number) => Math.floor(id / 1_000_000);
  return event.id !== null && state.lastEventId > 0 && epochOf(event.id) > epochOf(state.lastEventId);
}

/** The server goes on after the last finished tools: the words said since are said again. */
function afterRestart(state: RunState, nowMs: number): RunState {
  const lastTool = state.segments.findLastIndex((segment) => segment.kind === 'tool');
  const message = 'The server restarted. The answer goes on after its last finished step.';
  const segments: Segment[] = [
    ...state.segments.slice(0, lastTool + 1),
    { kind: 'notice', code: 'restarted', message },
  ];
  return { ...interruptTools(closeThinking(state, nowMs)), segments, truncated: false };
}

function apply(state: RunState, event: RunEventBody, nowMs: number): RunState {
  switch (event.kind) {
    case 'replay_meta':
      return event.truncated ? { ...state, truncated: true } : state;
    case 'status':
      return started(state, nowMs);
    case 'delta':
      return withText(closeThinking(started(state, nowMs), nowMs), event.text);
    case 'thinking':
      return withThinking(started(state, nowMs), event.text, nowMs);
    case 'tool_start':
      return withTool(closeThinking(started(state, nowMs), nowMs), event, nowMs);
    case 'tool_progress':
      return updateTool(state, event.toolUseId, (tool) => ({
        ...tool,
        liveOutput: (tool.liveOutput + event.chunk).slice(-LIVE_OUTPUT_MAX_CHARS),
      }));
    case 'approval_required':
      return updateTool(state, event.toolUseId, (tool) => ({ ...tool, approval: questionOf(event) }));
    case 'approval_resolved':
      return updateTool(state, event.toolUseId, (tool) => ({ ...tool, approval: null }));
    case 'tool_result':
      return withResult(state, event, nowMs);
    case 'file_diff':
      return withDiff(state, event);
    case 'usage':
      return { ...state, modelCalls: [...state.modelCalls, { ...event, endedAtMs: nowMs }] };
    case 'notice':
      return withSegment(state, { kind: 'notice', code: event.code, message: event.message });
    case 'mid_turn_injection':
      return withSegment(state, { kind: 'injection', count: event.count });
    case 'done':
      return ended({ ...withResponse(state, event.response), foldedInto: event.foldedInto }, 'done', nowMs);
    case 'error':
      return ended(
        { ...state, failure: { message: event.message, code: event.code, hint: event.hint } },
        'error',
        nowMs,
      );
    case 'aborted':
      return ended(
        trailingText(state) === null && event.text ? withText(state, event.text) : state,
        'aborted',
        nowMs,
      );
    default:
      event satisfies never;
      return state;
  }
}

function started(state: RunState, nowMs: number): RunState {
  if (state.phase === 'running') return state;
  return { ...state, phase: 'running', startedAtMs: nowMs };
}

function ended(state: RunState, phase: 'done' | 'error' | 'aborted', nowMs: number): RunState {
  return { ...interruptTools(closeThinking(state, nowMs)), phase, endedAtMs: nowMs };
}

function interruptTools(state: RunState): RunState {
  const tools = Object.entries(state.tools).map(([id, tool]) => {
    return [id, tool.state === 'running' ? { ...tool, state: 'interrupted' as const, approval: null } : tool];
  });
  return { ...state, tools: Object.fromEntries(tools) };
}

function withSegment(state: RunState, segment: Segment): RunState {
  return { ...state, segments: [...state.segments, segment] };
}

function withText(state: RunState, text: string): RunState {
  const last = state.segments.at(-1);
  if (last?.kind !== 'text') return text === '' ? state : withSegment(state, { kind: 'text', text });
  return replaceLast(state, { kind: 'text', text: last.text + text });
}

function withThinking(state: RunState, text: string, nowMs: number): RunState {
  const last = state.segments.at(-1);
  if (last?.kind === 'thinking' && last.durationMs === null) {
    return replaceLast(state, { ...last, text: last.text + text });
  }
  return withSegment(state, { kind: 'thinking', text, startedAtMs: nowMs, durationMs: null });
}

function closeThinking(state: RunState, nowMs: number): RunState {
  const last = state.segments.at(-1);
  if (last?.kind !== 'thinking' || last.durationMs !== null) return state;
  return replaceLast(state, { ...last, durationMs: Math.max(0, nowMs - last.startedAtMs) });
}

function withTool(
  state: RunState,
  event: Extract<RunEventBody, { kind: 'tool_start' }>,
  nowMs: number,
): RunState {
  const tool: ToolCall = {
    toolUseId: event.toolUseId,
    name: event.name,
    summary: event.summary,
    input: event.input,
    state: 'running',
    approval: null,
    liveOutput: '',
    output: null,
    startedAtMs: nowMs,
    durationMs: null,
    bytes: null,
    statusCode: null,
    errorType: null,
    artifactId: null,
    isCut: false,
    diffs: [],
  };
  const isKnown = state.tools[event.toolUseId] !== undefined;
  const withCard = isKnown ? state : withSegment(state, { kind: 'tool', toolUseId: event.toolUseId });
  return { ...withCard, tools: { ...withCard.tools, [event.toolUseId]: tool } };
}

function withResult(state: RunState, result: ToolResult, nowMs: number): RunState {
  const start = { kind: 'tool_start', input: {}, summary: '', ...pick(result) } as const;
  const known = state.tools[result.toolUseId] === undefined ? withTool(state, start, nowMs) : state;
  return updateTool(known, result.toolUseId, (tool) => ({
    ...tool,
    state: result.isError ? 'failed' : 'done',
    approval: null,
    output: result.output,
    durationMs: result.durationMs,
    bytes: result.bytes,
    statusCode: result.statusCode,
    errorType: result.errorType,
    artifactId: result.artifactId,
  }));
}

function pick(result: ToolResult): { toolUseId: string; name: string } {
  return { toolUseId: result.toolUseId, name: result.name };
}

function questionOf(event: Extract<RunEventBody, { kind: 'approval_required' }>): ApprovalQuestion {
  const { approvalId, command, input, cwd, reasons, expiresAt } = event;
  return { approvalId, command, input, cwd, reasons, expiresAt };
}

/** A diff names no call: it belongs to the newest one, which is the call that changed the file. */
function withDiff(state: RunState, event: FileDiff): RunState {
  const { path, diff, added, removed, truncated } = event;
  const newest = state.segments.findLast((segment) => segment.kind === 'tool');
  if (newest === undefined) return state;
  return updateTool(state, newest.toolUseId, (tool) => ({
    ...tool,
    diffs: [...tool.diffs, { path, diff, added, removed, truncated }],
  }));
}

function updateTool(state: RunState, toolUseId: string, change: (tool: ToolCall) => ToolCall): RunState {
  const tool = state.tools[toolUseId];
  if (tool === undefined) return state;
  return { ...state, tools: { ...state.tools, [toolUseId]: change(tool) } };
}

/**
 * Makes the shown text hold the server's answer. Nothing changes when it does already, whether the answer covers the
 * text after the last tool call or the whole run.
 */
function withResponse(state: RunState, response: string): RunState {
  const wanted = squeeze(response);
  const shown = squeeze(answerText(state));
  if (wanted === '' || shown.endsWith(wanted)) return state;
  const texts = state.segments.flatMap((segment) => (segment.kind === 'text' ? [squeeze(segment.text)] : []));
  if (texts.length > 0 && !state.truncated && texts.every((text) => wanted.includes(text))) {
    if (wanted.endsWith(texts.at(-1) ?? '')) return state;
  }
  if (trailingText(state) === null) return withSegment(state, { kind: 'text', text: response });
  return replaceLast(state, { kind: 'text', text: response });
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function trailingText(state: RunState): string | null {
  const last = state.segments.at(-1);
  return last?.kind === 'text' ? last.text : null;
}

function replaceLast(state: RunState, segment: Segment): RunState {
  return { ...state, segments: [...state.segments.slice(0, -1), segment] };
}
