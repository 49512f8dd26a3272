/**
 * The transcript as a flat list of rows, from the stored messages, the messages on their way and the runs that are
 * followed.
 *
 * Invariants: a run is one row, right below the message that started it, and stays there when its answer is stored;
 * a message is shown once, stored or on its way; keys are stable, so nothing is drawn anew when a page of history
 * arrives.
 */
import type { OutboxMessage } from '../../api/outbox.ts';
import { runFromHistory } from '../../api/run-from-history.ts';
import type { RunState } from '../../api/run-state.ts';
import type { HistoryMessage, HistoryPage, HistoryRun, HistoryToolCall } from '../../api/types.ts';
import { formatDay } from '../../ui/format.ts';

export type TranscriptRow =
  | { readonly kind: 'day'; readonly key: string; readonly label: string }
  | {
      readonly kind: 'user';
      readonly key: string;
      readonly text: string;
      readonly senderName: string;
      readonly atMs: number;
      /** The message on its way, `null` once stored. */
      readonly pending: OutboxMessage | null;
    }
  | {
      readonly kind: 'run';
      readonly key: string;
      readonly runId: string;
      /** What the transcript has of it; a followed run is drawn from its stream instead. */
      readonly stored: RunState | null;
      readonly answeredAtMs: number | null;
    }
  /** A message of the agent that belongs to no run of this transcript. */
  | { readonly kind: 'bot'; readonly key: string; readonly text: string; readonly atMs: number };

export interface TranscriptInput {
  /** Newest page first, as fetched. */
  readonly pages: readonly HistoryPage[];
  /** Of this chat only, in the order typed. */
  readonly outbox: readonly OutboxMessage[];
  readonly heldRunIds: ReadonlySet<string>;
  /** A run of this chat that may have no message yet. */
  readonly activeRunId: string | null;
  readonly now: Date;
}

export function transcriptRows(input: TranscriptInput): readonly TranscriptRow[] {
  const messages = input.pages.toReversed().flatMap((page) => page.messages);
  const collector = new RowCollector(input, messages);
  for (const message of messages) collector.addMessage(message);
  for (const message of input.outbox) collector.addPending(message);
  if (input.activeRunId !== null) collector.addRun(input.activeRunId);
  return collector.rows;
}

class RowCollector {
  readonly rows: TranscriptRow[] = [];
  readonly #input: TranscriptInput;
  readonly #answers: ReadonlyMap<string, readonly HistoryMessage[]>;
  readonly #toolCalls: ReadonlyMap<string, readonly HistoryToolCall[]>;
  readonly #endings: ReadonlyMap<string, HistoryRun>;
  readonly #storedRuns: ReadonlySet<string | null>;
  readonly #shownRuns = new Set<string>();
  #day = '';

  constructor(input: TranscriptInput, messages: readonly HistoryMessage[]) {
    this.#input = input;
    this.#answers = groupByRun(messages.filter((message) => message.is_from_bot));
    this.#toolCalls = groupByRun(input.pages.toReversed().flatMap((page) => page.tool_calls));
    this.#endings = new Map(input.pages.flatMap((page) => page.runs.map((run) => [run.run_id, run])));
    this.#storedRuns = new Set(messages.filter((item) => !item.is_from_bot).map((item) => item.run_id));
  }

  addMessage(message: HistoryMessage): void {
    const atMs = Date.parse(message.timestamp);
    this.#addDay(atMs);
    if (message.is_from_bot && message.run_id !== null) {
      this.#addCommandOf(message.run_id);
      this.addRun(message.run_id);
    } else if (message.is_from_bot) {
      this.rows.push({ kind: 'bot', key: `m:${message.id}`, text: message.content, atMs });
    } else {
      this.rows.push({
        kind: 'user',
        // A reply to a question of the run belongs to the run too; its first message has the run's own key.
        key:
          message.run_id === null || this.#shownRuns.has(message.run_id)
            ? `m:${message.id}`
            : `u:${message.run_id}`,
        text: message.content,
        senderName: message.sender_name,
        atMs,
        pending: null,
      });
      if (message.run_id !== null) this.addRun(message.run_id);
    }
  }

  /** A chat command is answered without being stored: its text stands before the answer. */
  #addCommandOf(runId: string): void {
    if (this.#shownRuns.has(runId) || this.#storedRuns.has(runId)) return;
    const command = this.#input.outbox.find((message) => message.runId === runId);
    if (command !== undefined) this.addPending(command);
  }

  addPending(message: OutboxMessage): void {
    const { runId } = message;
    if (runId !== null && (this.#storedRuns.has(runId) || this.#shownRuns.has(runId))) return;
    this.#addDay(message.typedAtMs);
    this.rows.push({
      kind: 'user',
      key: runId === null ? `o:${message.id}` : `u:${runId}`,
      text: message.text,
      senderName: '',
      atMs: message.typedAtMs,
      pending: message,
    });
    if (runId !== null) this.addRun(runId);
  }

  addRun(runId: string): void {
    if (this.#shownRuns.has(runId)) return;
    this.#shownRuns.add(runId);
    const answers = this.#answers.get(runId) ?? [];
    const toolCalls = this.#toolCalls.get(runId) ?? [];
    const isStored = answers.length > 0 || toolCalls.length > 0;
    if (!isStored && !this.#input.heldRunIds.has(runId)) return;
    const newest = answers.at(-1);
    this.rows.push({
      kind: 'run',
      key: `r:${runId}`,
      runId,
      stored: isStored ? runFromHistory(runId, toolCalls, answers, this.#endings.get(runId)) : null,
      answeredAtMs: newest === undefined ? null : Date.parse(newest.timestamp),
    });
  }

  #addDay(atMs: number): void {
    const date = new Date(atMs);
    const day = date.toDateString();
    if (day === this.#day || Number.isNaN(atMs)) return;
    this.#day = day;
    this.rows.push({ kind: 'day', key: `d:${day}`, label: formatDay(date, this.#input.now) });
  }
}

function groupByRun<Item extends { readonly run_id: string | null }>(
  items: readonly Item[],
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    if (item.run_id === null) continue;
    const group = groups.get(item.run_id);
    if (group === undefined) groups.set(item.run_id, [item]);
    else group.push(item);
  }
  return groups;
}
