import { describe, expect, it } from 'vitest';
import { answer, storedRun, toolCall } from '../testing/history.ts';
import { runFromHistory } from './run-from-history.ts';
import { answerText } from './run-state.ts';

describe('runFromHistory', () => {
  it('shows the tools, then what was answered', () => {
    const run = runFromHistory('r1', [toolCall()], [answer('one'), answer('two')]);
    expect(run.segments.map((segment) => segment.kind)).toEqual(['tool', 'text', 'text']);
    expect(answerText(run)).toBe('one\n\ntwo');
    expect(run.phase).toBe('done');
  });

  it('ends as the live run did, and shows the ending once', () => {
    const failed = runFromHistory(
      'r1',
      [],
      [answer('Error: No key.\n\nOne call is in doubt.')],
      storedRun({
        state: 'error',
        error_code: 'MC_LLM_AUTH',
        error_message: 'No key.',
        error_hint: 'Set one.',
      }),
    );
    expect(failed).toMatchObject({
      phase: 'error',
      failure: { message: 'No key.', code: 'MC_LLM_AUTH', hint: 'Set one.' },
    });
    expect(answerText(failed)).toBe('One call is in doubt.');
    const stopped = storedRun({ state: 'aborted' });
    const texts = ['half an answer\n\nCurrent run aborted.', 'Current run aborted.'];
    const runs = texts.map((text) => runFromHistory('r1', [], [answer(text)], stopped));
    expect(runs.map((run) => [run.phase, answerText(run)])).toEqual([
      ['aborted', 'half an answer'],
      ['aborted', ''],
    ]);
  });

  it('leaves an answer alone that only reads like an ending', () => {
    const texts = ['Error: No key.', 'It said: Current run aborted.'];
    const run = runFromHistory(
      'r1',
      [],
      texts.map((text) => answer(text)),
      storedRun(),
    );
    expect(run.phase).toBe('done');
    expect(answerText(run)).toBe(texts.join('\n\n'));
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
