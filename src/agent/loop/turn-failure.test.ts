import { describe, expect, it } from 'vitest';
import { systemIds } from '../../core/ids.ts';
import { llmErrors } from '../../llm/errors.ts';
import type { Logger } from '../../observability/logger.ts';
import { silentLogger } from '../../observability/logger.ts';
import { storageErrors } from '../../storage/errors.ts';
import { TurnStop } from '../turn-stop.ts';
import type { ActiveTurn } from './active-turn.ts';
import { abortedOutcome, classifyFailure, errorOutcome, toShownError } from './turn-failure.ts';

const run = { runId: 'r', chatId: 1 };

function classify(error: unknown, stop?: TurnStop['cause'], partialText = '') {
  const controller = new AbortController();
  if (stop !== undefined) controller.abort(new TurnStop(stop));
  const turn = { item: run, controller } as unknown as ActiveTurn; // only these two are read
  const context = { partialText, partialInSession: false, logger: silentLogger, ids: systemIds };
  return classifyFailure(turn, error, context);
}

describe('classifyFailure', () => {
  it('leaves the turn alone when the process ends, whatever else failed', () => {
    expect(classify(new Error('x'), 'shutdown')).toEqual({ kind: 'interrupted' });
    expect(classify(storageErrors.create('CONFLICT', 'x'), 'shutdown')).toEqual({ kind: 'interrupted' });
  });

  it.each([
    ['a stop for that reason', new Error('x'), 'gone' as const],
    ['a refused append', storageErrors.create('CONFLICT', 'x'), undefined],
    ['a missing session', new TurnStop('gone'), undefined],
    ['a refused append after a stop', storageErrors.create('CONFLICT', 'x'), 'user' as const],
  ])('takes the session for gone after %s', (_name, error, stop) => {
    expect(classify(error, stop)).toMatchObject({ kind: 'gone', outcome: { state: 'aborted' } });
  });

  it('ends as aborted when the user asked, also when something else failed meanwhile', () => {
    expect(classify(new Error('x'), 'user', ' half ')).toMatchObject({
      kind: 'ended',
      outcome: { state: 'aborted', response: 'half', transcript: 'half\n\nCurrent run aborted.' },
    });
  });

  it('ends as an error of its own after the deadline', () => {
    expect(classify(new Error('x'), 'deadline')).toMatchObject({
      outcome: { state: 'error', error: { code: 'MC_AGENT_DEADLINE' } },
    });
  });

  it('shows a known failure as it is', () => {
    expect(classify(llmErrors.create('AUTH', 'The key was refused.'))).toMatchObject({
      outcome: { error: { code: 'MC_LLM_AUTH', message: 'The key was refused.', hint: expect.any(String) } },
    });
  });
});

describe('toShownError', () => {
  it.each([new TypeError('secret'), 'secret', storageErrors.create('UNEXPECTED', 'secret')])(
    'hides %s behind an id that the log knows',
    (error) => {
      const logged: object[] = [];
      const logger = { ...silentLogger, error: (fields: object) => logged.push(fields) } as unknown as Logger;
      const shown = toShownError(error, run, { logger, ids: systemIds });
      expect(shown.message).not.toContain('secret');
      const id = /error id ([0-9a-f]+)/.exec(shown.message)?.[1];
      expect(logged).toEqual([expect.objectContaining({ errorId: id, err: error, ...run })]);
    },
  );
});

describe('outcomes', () => {
  it('note a stop in the session, with what was said unless it is there already', () => {
    const texts = (outcome: ReturnType<typeof abortedOutcome>) =>
      outcome.entries.flatMap((entry) =>
        entry.content.map((block) => (block.type === 'text' ? block.text : '')),
      );
    expect(texts(abortedOutcome('half'))).toEqual(['half', expect.stringContaining('stopped this run')]);
    expect(texts(abortedOutcome('half', { inSession: true }))).toHaveLength(1);
    expect(abortedOutcome('  ')).toMatchObject({ response: null, transcript: 'Current run aborted.' });
  });

  it('tell people an error without touching the session', () => {
    expect(errorOutcome(llmErrors.create('AUTH', 'Refused.'))).toMatchObject({
      response: null,
      transcript: 'Error: Refused.',
      entries: [],
    });
  });
});
