/**
 * What the console knows about one run, live or finished. The reducer is in `reduce-run.ts`; runs read from the
 * transcript are built by `run-from-history.ts`, so that one component draws both.
 */
import type { JsonRecord } from './json-fields.ts';
import type { ApprovalQuestion, FileDiff, ModelCall } from './run-event.ts';

export type RunPhase =
  /** Accepted, not started; also the state before the first event arrived. */
  | 'queued'
  | 'running'
  | 'done'
  | 'error'
  | 'aborted'
  /** The server no longer knows the run; the transcript has what became of it. */
  | 'lost';

/** The parts of a run in the order they happened. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'thinking';
      readonly text: string;
      readonly startedAtMs: number;
      /** `null` while the model still thinks. */
      readonly durationMs: number | null;
    }
  | { readonly kind: 'tool'; readonly toolUseId: string }
  | { readonly kind: 'notice'; readonly code: string; readonly message: string }
  /** Messages typed while the run went on were given to the model here. */
  | { readonly kind: 'injection'; readonly count: number };

export type ToolState =
  | 'running'
  | 'done'
  | 'failed'
  /** The run ended before the tool did; whether it had an effect is unknown. */
  | 'interrupted';

export interface ToolCall {
  readonly toolUseId: string;
  readonly name: string;
  /** The one argument that matters. */
  readonly summary: string;
  readonly input: JsonRecord;
  readonly state: ToolState;
  /** Open while a person has to decide whether it may run. */
  readonly approval: ApprovalQuestion | null;
  /** What the tool printed while it ran: the newest `LIVE_OUTPUT_MAX_CHARS` characters. */
  readonly liveOutput: string;
  /** What the model got, `null` until the tool ended. */
  readonly output: string | null;
  readonly startedAtMs: number | null;
  readonly durationMs: number | null;
  readonly bytes: number | null;
  readonly statusCode: number | null;
  readonly errorType: string | null;
  readonly artifactId: string | null;
  /** The transcript shows only the beginning of its arguments and output. */
  readonly isCut: boolean;
  readonly diffs: readonly FileDiff[];
}

export interface RunFailure {
  readonly message: string;
  readonly code: string | null;
  readonly hint: string | null;
}

export interface RunState {
  readonly runId: string;
  readonly phase: RunPhase;
  readonly segments: readonly Segment[];
  readonly tools: Readonly<Record<string, ToolCall>>;
  readonly modelCalls: readonly TimedModelCall[];
  readonly failure: RunFailure | null;
  /** The running turn that took this message in; its answer is there. */
  readonly foldedInto: string | null;
  /** Id of the newest event taken in; where a reconnect continues. */
  readonly lastEventId: number;
  /** The server no longer held the beginning; the text is completed when the run ends. */
  readonly truncated: boolean;
  /** Milliseconds of the browser's clock; `null` when not seen live. */
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
}

/** A model call with the time its usage arrived, for the timeline. */
export type TimedModelCall = ModelCall & { readonly endedAtMs: number };

export const LIVE_OUTPUT_MAX_CHARS = 64_000;

/** The state before anything of the run was seen. */
export function newRun(runId: string): RunState {
  return {
    runId,
    phase: 'queued',
    segments: [],
    tools: {},
    modelCalls: [],
    failure: null,
    foldedInto: null,
    lastEventId: 0,
    truncated: false,
    startedAtMs: null,
    endedAtMs: null,
  };
}

/** True until a terminal event arrived. */
export function isActive(run: RunState): boolean {
  return run.phase === 'queued' || run.phase === 'running';
}

/** The text of the answer so far, without tool calls and thinking. */
export function answerText(run: RunState): string {
  return run.segments
    .flatMap((segment) => (segment.kind === 'text' ? [segment.text] : []))
    .join('\n\n')
    .trim();
}

export interface RunTotals {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  /** `null` when no call had a price. */
  readonly costUsd: number | null;
  /** Of the newest call. */
  readonly contextPct: number | null;
  readonly model: string | null;
}

/** Sums over the model calls of the run. */
export function totalsOf(run: RunState): RunTotals {
  const priced = run.modelCalls.flatMap((call) => (call.costUsd === null ? [] : [call.costUsd]));
  const newest = run.modelCalls.at(-1);
  return {
    inputTokens: sum(run.modelCalls.map((call) => call.inputTokens)),
    outputTokens: sum(run.modelCalls.map((call) => call.outputTokens)),
    cacheReadTokens: sum(run.modelCalls.map((call) => call.cacheReadTokens)),
    costUsd: priced.length === 0 ? null : sum(priced),
    contextPct: newest?.contextPct ?? null,
    model: newest?.model ?? null,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
