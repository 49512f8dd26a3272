/** The steps of a run on a time axis, for the inspector. */
import type { RunState } from '../../api/run-state.ts';

export interface TimelineStep {
  readonly key: string;
  readonly kind: 'model' | 'tool';
  readonly name: string;
  readonly detail: string;
  readonly durationMs: number | null;
  /** Place on the axis as fractions of the whole run; `null` when the run was not seen live. */
  readonly span: { readonly start: number; readonly length: number } | null;
  readonly failed: boolean;
}

/** Steps in the order they began; without times, model calls come before the tools. */
export function runTimeline(run: RunState, nowMs: number): readonly TimelineStep[] {
  const steps = [...modelSteps(run), ...toolSteps(run, nowMs)];
  const sorted = steps.toSorted((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0));
  const fromMs = Math.min(
    ...sorted.flatMap((step) => step.startMs ?? []),
    run.startedAtMs ?? Number.POSITIVE_INFINITY,
  );
  const untilMs = Math.max(...sorted.flatMap((step) => step.endMs ?? []), run.endedAtMs ?? 0);
  const wholeMs = Math.max(1, untilMs - fromMs);
  return sorted.map(({ startMs, endMs, ...step }) => {
    const hasTimes = startMs !== null && endMs !== null && Number.isFinite(fromMs);
    const span = hasTimes
      ? { start: (startMs - fromMs) / wholeMs, length: (endMs - startMs) / wholeMs }
      : null;
    return { ...step, span };
  });
}

type PlacedStep = Omit<TimelineStep, 'span'> & {
  readonly startMs: number | null;
  readonly endMs: number | null;
};

function modelSteps(run: RunState): PlacedStep[] {
  return run.modelCalls.map((call, index) => ({
    key: `model:${index}`,
    kind: 'model',
    name: call.model || 'model',
    detail: call.firstDeltaMs === null ? '' : `first token ${Math.round(call.firstDeltaMs)} ms`,
    durationMs: call.durationMs,
    startMs: call.endedAtMs - call.durationMs,
    endMs: call.endedAtMs,
    failed: false,
  }));
}

function toolSteps(run: RunState, nowMs: number): PlacedStep[] {
  return Object.values(run.tools).map((tool) => {
    const elapsedMs = tool.durationMs ?? (tool.startedAtMs === null ? null : nowMs - tool.startedAtMs);
    return {
      key: `tool:${tool.toolUseId}`,
      kind: 'tool',
      name: tool.name,
      detail: tool.summary,
      durationMs: elapsedMs,
      startMs: tool.startedAtMs,
      endMs: tool.startedAtMs === null || elapsedMs === null ? null : tool.startedAtMs + elapsedMs,
      failed: tool.state === 'failed' || tool.state === 'interrupted',
    };
  });
}
