import { describe, expect, it } from 'vitest';
import type { OutboxMessage } from '../../api/outbox.ts';
import { answer, message, page, toolCall } from '../../testing/history.ts';
import { type TranscriptInput, type TranscriptRow, transcriptRows } from './transcript-rows.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');

function rowsOf(input: Partial<TranscriptInput>): readonly TranscriptRow[] {
  return transcriptRows({
    pages: [],
    outbox: [],
    heldRunIds: new Set(),
    activeRunId: null,
    now: NOW,
    ...input,
  });
}

/** Rows as short text, day heads left out. */
function shapeOf(rows: readonly TranscriptRow[]): readonly string[] {
  return rows.flatMap((row) => {
    if (row.kind === 'day') return [];
    return [row.kind === 'run' ? `run ${row.runId}` : `${row.kind} ${row.text}`];
  });
}

function pending(text: string, fields: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    id: `id-${text}`,
    sessionKey: 'main',
    text,
    typedAtMs: NOW.getTime(),
    state: 'sending',
    reason: null,
    runId: null,
    ...fields,
  };
}

describe('transcriptRows', () => {
  it('puts the answer and tools of a run below the message that started it', () => {
    const messages = [
      message('q', { run_id: 'r1' }),
      answer('a', { run_id: 'r1' }),
      answer('b', { run_id: 'r1' }),
    ];
    const rows = rowsOf({ pages: [page(messages, [toolCall()])] });
    expect(shapeOf(rows)).toEqual(['user q', 'run r1']);
    const run = rows.find((row) => row.kind === 'run');
    expect(run?.stored?.segments).toHaveLength(3);
  });

  it('keeps a run in its place when a message came in between', () => {
    const messages = [
      message('q', { run_id: 'r1' }),
      message('more', { run_id: 'r2' }),
      answer('a', { run_id: 'r1' }),
    ];
    expect(shapeOf(rowsOf({ pages: [page(messages)] }))).toEqual(['user q', 'run r1', 'user more']);
  });

  it('shows a followed run before anything of it is stored', () => {
    const rows = rowsOf({ pages: [page([message('q', { run_id: 'r1' })])], heldRunIds: new Set(['r1']) });
    expect(shapeOf(rows)).toEqual(['user q', 'run r1']);
    expect(rows.find((row) => row.kind === 'run')).toMatchObject({ stored: null });
  });

  it('shows a run that has no message yet, when the server lists it', () => {
    expect(shapeOf(rowsOf({ activeRunId: 'r9', heldRunIds: new Set(['r9']) }))).toEqual(['run r9']);
  });

  it('shows a message once, whether on its way or stored', () => {
    const accepted = pending('q', { state: 'accepted', runId: 'r1' });
    const heldRunIds = new Set(['r1']);
    const before = rowsOf({ outbox: [accepted], heldRunIds });
    const after = rowsOf({ outbox: [accepted], heldRunIds, pages: [page([message('q', { run_id: 'r1' })])] });
    expect(shapeOf(before)).toEqual(['user q', 'run r1']);
    expect(shapeOf(after)).toEqual(['user q', 'run r1']);
    expect(after.map((row) => row.key)).toEqual(before.map((row) => row.key));
  });

  it('puts a command, which is not stored, before its stored answer', () => {
    const messages = [answer('the list', { run_id: 'r1' }), message('next', { run_id: 'r2' })];
    const outbox = [pending('/help', { state: 'accepted', runId: 'r1' })];
    expect(shapeOf(rowsOf({ pages: [page(messages)], outbox }))).toEqual([
      'user /help',
      'run r1',
      'user next',
    ]);
  });

  it('puts what is on its way at the end', () => {
    const rows = rowsOf({ pages: [page([message('old')])], outbox: [pending('x'), pending('y')] });
    expect(shapeOf(rows)).toEqual(['user old', 'user x', 'user y']);
  });

  it('shows messages of the agent that belong to no run', () => {
    expect(shapeOf(rowsOf({ pages: [page([answer('reminder')])] }))).toEqual(['bot reminder']);
  });

  it('joins pages oldest first and keeps the keys when an older page arrives', () => {
    const [older, newer] = [page([message('1')]), page([message('2'), message('3')])];
    const before = rowsOf({ pages: [newer] });
    const after = rowsOf({ pages: [newer, older] });
    expect(shapeOf(after)).toEqual(['user 1', 'user 2', 'user 3']);
    expect(after.slice(-2).map((row) => row.key)).toEqual(before.slice(-2).map((row) => row.key));
  });

  it('begins each day with its name', () => {
    const messages = [message('a', { timestamp: '2026-02-27T10:00:00.000Z' }), message('b'), message('c')];
    const days = rowsOf({ pages: [page(messages)] }).filter((row) => row.kind === 'day');
    expect(days.map((day) => day.label)).toEqual([expect.any(String), 'Today']);
  });

  it('gives every row a key of its own', () => {
    const messages = [
      message('q', { run_id: 'r1' }),
      answer('a', { run_id: 'r1' }),
      message('x'),
      answer('y'),
    ];
    const keys = rowsOf({ pages: [page(messages)], outbox: [pending('z')] }).map((row) => row.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
