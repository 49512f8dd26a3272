import { describe, expect, it } from 'vitest';
import type { ToolCallResult } from '../../tools/tool-call.ts';
import { iterationBudgetNotice } from './iteration-budget.ts';
import { RepeatGuard } from './repeat-guard.ts';

const call = (name: string, input: Record<string, string> = {}) => ({ toolUseId: 't', name, input });
const result = (content: string, isError = false): ToolCallResult => ({
  toolUseId: 't',
  name: 'grep',
  content,
  isError,
  statusCode: 0,
  bytes: 1,
  durationMs: 1,
  ran: true,
});

describe('RepeatGuard', () => {
  it('refuses the fourth identical call and counts other arguments separately', () => {
    const guard = new RepeatGuard({ window: 10, limit: 3 });
    for (let round = 0; round < 3; round += 1)
      expect(guard.refusalFor(call('grep', { a: '1', b: '2' }))).toBeUndefined();
    expect(guard.refusalFor(call('grep', { b: '2', a: '1' }))).toMatch(/^Circuit breaker: this exact grep/);
    expect(guard.refusalFor(call('grep', { a: '2' }))).toBeUndefined();
  });

  it('forgets calls that left the window', () => {
    const guard = new RepeatGuard({ window: 2, limit: 1 });
    expect(guard.refusalFor(call('glob'))).toBeUndefined();
    guard.refusalFor(call('a'));
    guard.refusalFor(call('b'));
    expect(guard.refusalFor(call('glob'))).toBeUndefined();
  });

  it('never refuses fetch_artifact, and nothing when the window is 0', () => {
    const guard = new RepeatGuard({ window: 10, limit: 1 });
    for (let round = 0; round < 5; round += 1)
      expect(guard.refusalFor(call('fetch_artifact'))).toBeUndefined();
    const off = new RepeatGuard({ window: 0, limit: 1 });
    for (let round = 0; round < 5; round += 1) expect(off.refusalFor(call('grep'))).toBeUndefined();
  });

  it('ends the turn at the sixth identical answer in a row', () => {
    const guard = new RepeatGuard({ window: 10, limit: 3 });
    const answer = [call('a', { x: '1' }), call('b')];
    for (let round = 0; round < 5; round += 1) expect(guard.noteAnswer(answer)).toBe(false);
    expect(guard.noteAnswer(answer)).toBe(true);
    expect(guard.noteAnswer([call('c')])).toBe(false);
  });

  it('warns about an unchanged result of an idempotent tool from the second time', () => {
    const guard = new RepeatGuard({ window: 10, limit: 3 });
    expect(guard.warningFor(call('grep'), result('same'), true)).toBeUndefined();
    expect(guard.warningFor(call('grep'), result('same'), true)).toContain('[Tool loop warning:');
    expect(guard.warningFor(call('bash'), result('same'), false)).toBeUndefined();
  });

  it('warns at the third failure in a row and starts again after a success', () => {
    const guard = new RepeatGuard({ window: 10, limit: 3 });
    const fail = (n: number) =>
      guard.warningFor(call('grep', { n: String(n) }), result(`e${n}`, true), false);
    expect(fail(1)).toBeUndefined();
    expect(fail(2)).toBeUndefined();
    expect(fail(3)).toContain('failed 3 times');
    guard.warningFor(call('grep', { n: '9' }), result('ok'), false);
    expect(fail(4)).toBeUndefined();
  });
});

describe('iterationBudgetNotice', () => {
  it('warns from 70 % and urges from 90 %', () => {
    expect(iterationBudgetNotice(69, 100)).toBeUndefined();
    expect(iterationBudgetNotice(70, 100)).toContain('severity="warning"');
    expect(iterationBudgetNotice(90, 100)).toContain('severity="urgent"');
  });
});
