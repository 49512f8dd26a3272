import { describe, expect, it } from 'vitest';
import { runFromHistory } from '../../api/run-from-history.ts';
import { newRun, type RunState } from '../../api/run-state.ts';
import { toolCall } from '../../testing/history.ts';
import { runTimeline } from './run-timeline.ts';

const STARTED = Date.parse('2026-03-01T10:00:00.000Z');

function liveRun(): RunState {
  const call = {
    provider: 'p',
    model: 'm',
    inputTokens: 1,
    outputTokens: 1,
    cacheReadTokens: 0,
    costUsd: null,
    contextPct: 1,
    durationMs: 500,
    firstDeltaMs: 100,
  };
  const { tools } = runFromHistory(
    'r',
    [toolCall({ started_at: new Date(STARTED + 500).toISOString(), duration_ms: 250 })],
    [],
  );
  return {
    ...newRun('r'),
    phase: 'done',
    startedAtMs: STARTED,
    endedAtMs: STARTED + 1_000,
    tools,
    modelCalls: [
      { ...call, endedAtMs: STARTED + 500 },
      { ...call, durationMs: 250, endedAtMs: STARTED + 1_000 },
    ],
  };
}

describe('runTimeline', () => {
  it('places every step on the time of the whole run, in the order it began', () => {
    expect(runTimeline(liveRun(), 0).map((step) => [step.name, step.span])).toEqual([
      ['m', { start: 0, length: 0.5 }],
      ['bash', { start: 0.5, length: 0.25 }],
      ['m', { start: 0.75, length: 0.25 }],
    ]);
  });

  it('lets the bar of a running tool grow', () => {
    const run = liveRun();
    const tool = run.tools.t1!;
    const running = {
      ...run,
      phase: 'running' as const,
      endedAtMs: null,
      tools: { t1: { ...tool, durationMs: null } },
    };
    const step = runTimeline(running, STARTED + 2_500).find((item) => item.kind === 'tool');
    expect(step).toMatchObject({ durationMs: 2_000, span: { start: 0.2, length: 0.8 } });
  });

  it('shows a run without times as a list', () => {
    const run = runFromHistory('r', [toolCall({ started_at: 'unknown' })], []);
    expect(runTimeline(run, 0)).toMatchObject([{ name: 'bash', span: null, durationMs: 2 }]);
  });

  it('marks failed and unfinished tools', () => {
    const run = runFromHistory('r', [toolCall({ is_error: true })], []);
    expect(runTimeline(run, 0)[0]?.failed).toBe(true);
  });
});
