import { describe, expect, it } from 'vitest';
import { reduceRun } from './reduce-run.ts';
import type { RunEventBody } from './run-event.ts';
import { answerText, LIVE_OUTPUT_MAX_CHARS, newRun, type RunState, totalsOf } from './run-state.ts';

const NOW = 1_000;

/** The state after the events, numbered from 1. */
function reduceAll(bodies: readonly RunEventBody[], from: RunState = newRun('r')): RunState {
  return bodies.reduce((state, body, index) => {
    const id = body.kind === 'replay_meta' ? null : from.lastEventId + index + 1;
    return reduceRun(state, { ...body, id, data: {} }, NOW + index);
  }, from);
}

const start: RunEventBody = { kind: 'status', message: 'running' };
const text = (delta: string): RunEventBody => ({ kind: 'delta', text: delta });
const done = (response: string): RunEventBody => ({ kind: 'done', response, foldedInto: null });
const toolStart = (toolUseId: string, name = 'bash'): RunEventBody => ({
  kind: 'tool_start',
  toolUseId,
  name,
  input: { command: 'ls' },
  summary: 'ls',
});
const toolResult = (toolUseId: string, isError = false): RunEventBody => ({
  kind: 'tool_result',
  toolUseId,
  name: 'bash',
  isError,
  preview: '',
  output: 'out',
  durationMs: 5,
  statusCode: 0,
  bytes: 3,
  errorType: isError ? 'process_exit' : null,
  artifactId: null,
});

describe('reduceRun', () => {
  it('joins deltas to one text', () => {
    const run = reduceAll([start, text('Hel'), text('lo'), done('Hello')]);
    expect(run.segments).toEqual([{ kind: 'text', text: 'Hello' }]);
    expect(run.phase).toBe('done');
  });

  it('takes an event with a known id in only once', () => {
    const before = reduceAll([start, text('a')]);
    expect(reduceRun(before, { ...text('a'), id: 2, data: {} }, NOW)).toBe(before);
  });

  it('changes nothing after the terminal event', () => {
    const ended = reduceAll([start, done('x')]);
    expect(reduceRun(ended, { ...text('late'), id: 99, data: {} }, NOW)).toBe(ended);
  });

  it('keeps text, thinking and tools in the order they happened', () => {
    const run = reduceAll([
      start,
      { kind: 'thinking', text: 'hm' },
      { kind: 'thinking', text: 'm' },
      text('First'),
      toolStart('t1'),
      toolResult('t1'),
      text('Then'),
      done('Then'),
    ]);
    expect(run.segments.map((segment) => segment.kind)).toEqual(['thinking', 'text', 'tool', 'text']);
    expect(run.segments[0]).toMatchObject({ text: 'hmm', durationMs: 2 });
    expect(answerText(run)).toBe('First\n\nThen');
  });

  it('shows the answer of a run that streamed nothing', () => {
    expect(answerText(reduceAll([start, done('/help text')]))).toBe('/help text');
  });

  it('completes a text whose beginning was no longer held', () => {
    const run = reduceAll([
      { kind: 'replay_meta', truncated: true },
      start,
      text('of it'),
      done('All of it'),
    ]);
    expect(answerText(run)).toBe('All of it');
  });

  it('replaces a cut text by the answer, without repeating what came before the tools', () => {
    const run = reduceAll([start, text('Look'), toolStart('t'), toolResult('t'), text('Wor'), done('World')]);
    expect(run.segments.at(-1)).toEqual({ kind: 'text', text: 'World' });
    expect(answerText(run)).toBe('Look\n\nWorld');
  });

  it('does not repeat an answer that covers the text before and after a tool', () => {
    const run = reduceAll([start, text('A'), toolStart('t'), toolResult('t'), text('B'), done('A\n\nB')]);
    expect(answerText(run)).toBe('A\n\nB');
  });

  it('does not repeat an answer when a notice came after its text', () => {
    const run = reduceAll([
      start,
      text('Hi'),
      { kind: 'notice', code: 'compacted', message: 'm' },
      done('Hi'),
    ]);
    expect(answerText(run)).toBe('Hi');
  });

  it('keeps the newest part of what a tool prints while it runs', () => {
    const chunk = 'x'.repeat(LIVE_OUTPUT_MAX_CHARS);
    const progress = (value: string): RunEventBody => ({
      kind: 'tool_progress',
      toolUseId: 't',
      chunk: value,
    });
    const run = reduceAll([start, toolStart('t'), progress(chunk), progress('end')]);
    expect(run.tools.t?.liveOutput).toHaveLength(LIVE_OUTPUT_MAX_CHARS);
    expect(run.tools.t?.liveOutput.endsWith('xend')).toBe(true);
  });

  it('shows a result whose start was lost', () => {
    const run = reduceAll([start, toolResult('t', true)]);
    expect(run.segments).toEqual([{ kind: 'tool', toolUseId: 't' }]);
    expect(run.tools.t).toMatchObject({ state: 'failed', output: 'out', errorType: 'process_exit' });
  });

  it('gives a diff to the newest call', () => {
    const diff = { path: 'a.ts', diff: '+x', added: 1, removed: 0, truncated: false };
    const run = reduceAll([
      start,
      toolStart('t1'),
      toolResult('t1'),
      toolStart('t2'),
      { kind: 'file_diff', ...diff },
    ]);
    expect(run.tools.t1?.diffs).toEqual([]);
    expect(run.tools.t2?.diffs).toEqual([diff]);
  });

  it('drops the unfinished words when a restarted server says them again', () => {
    const before = reduceAll([start, text('Look'), toolStart('t'), toolResult('t'), text('half an ans')]);
    const resumed = reduceRun(before, { ...text('Whole answer'), id: 1_000_001, data: {} }, NOW);
    const run = reduceRun(resumed, { ...done('Whole answer'), id: 1_000_002, data: {} }, NOW);
    expect(run.segments.map((segment) => segment.kind)).toEqual(['text', 'tool', 'notice', 'text']);
    expect(answerText(run)).toBe('Look\n\nWhole answer');
  });

  it('takes in a continued run from its beginning without a notice', () => {
    const run = reduceRun(newRun('r'), { ...text('Whole'), id: 1_000_001, data: {} }, NOW);
    expect(run.segments).toEqual([{ kind: 'text', text: 'Whole' }]);
  });

  it('marks tools that had not ended when the run did', () => {
    const run = reduceAll([start, toolStart('t'), { kind: 'aborted', text: null }]);
    expect(run.phase).toBe('aborted');
    expect(run.tools.t?.state).toBe('interrupted');
  });

  it('shows what an aborted run had answered when no delta arrived', () => {
    expect(answerText(reduceAll([start, { kind: 'aborted', text: 'partial' }]))).toBe('partial');
    expect(answerText(reduceAll([start, text('partial'), { kind: 'aborted', text: 'partial' }]))).toBe(
      'partial',
    );
  });

  it('holds the question about a call until it is answered, ended or broken off', () => {
    const call: RunEventBody = { kind: 'tool_start', toolUseId: 't', name: 'bash', input: {}, summary: '' };
    const question = {
      approvalId: 'a',
      command: 'ls',
      input: { command: 'ls' },
      cwd: '/x',
      reasons: ['because'],
      expiresAt: '2026-01-01T00:00:00.000Z',
    };
    const asked: RunEventBody = { kind: 'approval_required', toolUseId: 't', ...question };
    expect(reduceAll([start, call, asked]).tools.t?.approval).toEqual(question);
    const resolved: RunEventBody = { kind: 'approval_resolved', toolUseId: 't' };
    expect(reduceAll([start, call, asked, resolved]).tools.t).toMatchObject({
      approval: null,
      state: 'running',
    });
    expect(reduceAll([start, call, asked, { kind: 'aborted', text: null }]).tools.t?.approval).toBeNull();
  });

  it('keeps the code and hint of a failure', () => {
    const run = reduceAll([start, { kind: 'error', message: 'no key', code: 'MC_LLM_AUTH', hint: 'set it' }]);
    expect(run).toMatchObject({ phase: 'error', failure: { code: 'MC_LLM_AUTH', hint: 'set it' } });
  });

  it('sums tokens and cost over the model calls', () => {
    const call = (costUsd: number | null, contextPct: number): RunEventBody => ({
      kind: 'usage',
      provider: 'p',
      model: 'm',
      inputTokens: 10,
      outputTokens: 2,
      cacheReadTokens: 4,
      costUsd,
      contextPct,
      durationMs: 5,
      firstDeltaMs: 1,
    });
    expect(totalsOf(reduceAll([start, call(0.5, 10), call(null, 12)]))).toEqual({
      inputTokens: 20,
      outputTokens: 4,
      cacheReadTokens: 8,
      costUsd: 0.5,
      contextPct: 12,
      model: 'm',
    });
    expect(totalsOf(reduceAll([start, call(null, 1)])).costUsd).toBeNull();
  });
});
