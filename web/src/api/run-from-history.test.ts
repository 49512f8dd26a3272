import { describe, expect, it } from 'vitest';
import { answer, toolCall } from '../testing/history.ts';
import { runFromHistory } from './run-from-history.ts';
import { answerText } from './run-state.ts';

describe('runFromHistory', () => {
  it('shows the tools, then what was answered', () => {
    const run = runFromHistory('r1', [toolCall()], [answer('one'), answer('two')]);
    expect(run.segments.map((segment) => segment.kind)).toEqual(['tool', 'text', 'text']);
    expect(answerText(run)).toBe('one\n\ntwo');
    expect(run.phase).toBe('done');
  });

  it('tells failed and unfinished calls from finished ones', () => {
    const run = runFromHistory(
      'r1',
      [
        toolCall({ tool_use_id: 'ok' }),
        toolCall({ tool_use_id: 'bad', is_error: true }),
        toolCall({ tool_use_id: 'cut', output: null, state: 'started' }),
      ],
      [],
    );
    expect(Object.values(run.tools).map((tool) => tool.state)).toEqual(['done', 'failed', 'interrupted']);
  });

  it('brings back the change to a file', () => {
    const metadata = { file_diff: { path: 'a.ts', diff: '+x', added: 1, removed: 0, truncated: true } };
    const run = runFromHistory('r1', [toolCall({ metadata })], []);
    expect(run.tools.t1?.diffs).toEqual([
      { path: 'a.ts', diff: '+x', added: 1, removed: 0, truncated: true },
    ]);
  });

  it('ignores metadata it does not know', () => {
    expect(runFromHistory('r1', [toolCall({ metadata: { file_diff: 'x' } })], []).tools.t1?.diffs).toEqual(
      [],
    );
  });
});
