import { describe, expect, it } from 'vitest';
import { runFromHistory } from '../../api/run-from-history.ts';
import { newRun, type RunState } from '../../api/run-state.ts';
import { toolCall } from '../../testing/history.ts';
import { activityOf } from './run-activity.ts';

const running = (fields: Partial<RunState>): RunState => ({ ...newRun('r'), phase: 'running', ...fields });

describe('activityOf', () => {
  it('says what the run waits for before it does something', () => {
    expect(activityOf(newRun('r'))).toBe('Waiting for its turn');
    expect(activityOf(running({}))).toBe('Waiting for the model');
  });

  it('names the one tool that runs and counts several', () => {
    const { tools } = runFromHistory('r', [toolCall(), toolCall({ tool_use_id: 't2', name: 'grep' })], []);
    const allRunning = Object.fromEntries(
      Object.entries(tools).map(([id, tool]) => [id, { ...tool, state: 'running' as const }]),
    );
    expect(activityOf(running({ tools: allRunning }))).toBe('Running 2 tools');
    const { t2, ...one } = allRunning;
    expect(activityOf(running({ tools: one }))).toBe('Running bash');
  });

  it('tells thinking from writing', () => {
    const thinking = { kind: 'thinking', text: 'hm', startedAtMs: 0, durationMs: null } as const;
    expect(activityOf(running({ segments: [thinking] }))).toBe('Thinking');
    expect(activityOf(running({ segments: [{ ...thinking, durationMs: 5 }] }))).toBe('Waiting for the model');
    expect(activityOf(running({ segments: [{ kind: 'text', text: 'a' }] }))).toBe('Writing');
  });
});
