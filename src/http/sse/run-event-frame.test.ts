import { expect, test } from 'vitest';
import type { TurnEvent, TurnEventBody } from '../../agent/turn-event.ts';
import { runEventSchemas } from '../schemas/run-events.ts';
import { frameOf } from './run-event-frame.ts';

const tool = { toolUseId: 'c1', name: 'bash' };
const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 0 };

const EVERY_KIND: readonly TurnEventBody[] = [
  { kind: 'started' },
  { kind: 'iteration', iteration: 2 },
  { kind: 'delta', text: 'a' },
  { kind: 'thinking', text: 'b' },
  { kind: 'tool_start', ...tool, input: { command: 'uname -a' }, summary: 'uname -a' },
  { kind: 'tool_progress', toolUseId: 'c1', chunk: 'Linux' },
  {
    kind: 'tool_result',
    ...tool,
    isError: false,
    preview: 'Linux',
    output: 'Linux box',
    durationMs: 8,
    statusCode: 0,
    bytes: 9,
    errorType: null,
    artifactId: null,
  },
  { kind: 'file_diff', path: 'a.txt', diff: '+a', added: 1, removed: 0, truncated: false },
  {
    kind: 'approval_required',
    approvalId: 'a1',
    toolUseId: 't1',
    tool: 'bash',
    summary: 'rm -r x',
    preview: 'rm -r x',
    options: ['once', 'always', 'deny'],
    advisory: null,
    input: { command: 'rm -r x' },
    command: 'rm -r x',
    cwd: '/work',
    reasons: [{ code: 'high_risk', text: 'why' }],
    expiresAt: '2026-01-01T00:00:00.000Z',
  },
  {
    kind: 'approval_resolved',
    approvalId: 'a1',
    toolUseId: 't1',
    tool: 'bash',
    decision: 'once',
    answeredBy: 'session:1',
  },
  { kind: 'notice', code: 'llm_retry', message: 'trying again' },
  { kind: 'mid_turn_injection', count: 1 },
  {
    kind: 'usage',
    usage,
    provider: 'p',
    model: 'm',
    costMicroUsd: 4000,
    durationMs: 12,
    firstDeltaMs: null,
    contextPct: 18,
  },
  { kind: 'done', response: 'hi' },
  { kind: 'done', response: '', foldedInto: 'run-2' },
  { kind: 'error', message: 'boom', code: 'MC_LLM_AUTH', hint: null },
  { kind: 'aborted', text: null },
];

function frame(body: TurnEventBody) {
  const event: TurnEvent = { ...body, runId: 'r', seq: 1, atMs: 5 };
  return frameOf(event);
}

test.each(EVERY_KIND.map((body) => [body.kind, body] as const))(
  '%s has the documented fields and no others',
  (_kind, body) => {
    const { event, data } = frame(body);
    expect(runEventSchemas[event].strict().parse(data)).toEqual(data);
  },
);

test('names and values that clients rely on', () => {
  expect(frame({ kind: 'started' })).toEqual({ event: 'status', data: { message: 'running' } });
  expect(frame({ kind: 'iteration', iteration: 3 }).data).toEqual({ message: 'iteration 3' });
  expect(frame({ kind: 'delta', text: 'x' })).toEqual({ event: 'delta', data: { delta: 'x' } });
  expect(frame({ kind: 'error', message: 'boom', code: 'C', hint: 'h' })).toEqual({
    event: 'error',
    data: { error: 'boom', code: 'C', hint: 'h' },
  });
  expect(frame({ kind: 'done', response: '', foldedInto: 'r2' }).data).toEqual({
    response: '',
    folded_into: 'r2',
  });
});

test('cost is told in dollars', () => {
  const [usageEvent] = EVERY_KIND.filter((body) => body.kind === 'usage');
  expect(frame(usageEvent!).data).toMatchObject({ cost_usd: 0.004, input_tokens: 10, cache_read_tokens: 3 });
});
