/**
 * The events of one run while observers may want them. Writers append, readers follow at their own speed from the
 * same buffer, so a slow reader never makes a queue of its own.
 *
 * Invariants: `seq` grows by one per event; nothing is appended after the terminal event; at most `maxEvents` events
 * are held, the oldest leave first.
 */
import { isTerminal, type TerminalEvent, type TurnEvent, type TurnEventBody } from '../turn-event.ts';

export class LiveRun {
  readonly runId: string;
  readonly chatId: number;
  readonly sessionKey: string;
  readonly actorId: string;
  readonly #maxEvents: number;
  readonly #now: () => number;
  readonly #events: TurnEvent[] = [];
  #waiters: (() => void)[] = [];
  #lastSeq: number;
  #terminal: TerminalEvent | undefined;
  #started = false;

  constructor(
    facts: {
      readonly runId: string;
      readonly chatId: number;
      readonly sessionKey: string;
      readonly actorId: string;
      /** Sequence number before the first event. */
      readonly baseSeq: number;
    },
    limits: { readonly maxEvents: number; readonly now: () => number },
  ) {
    this.runId = facts.runId;
    this.chatId = facts.chatId;
    this.sessionKey = facts.sessionKey;
    this.actorId = facts.actorId;
    this.#lastSeq = facts.baseSeq;
    this.#maxEvents = limits.maxEvents;
    this.#now = limits.now;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get terminal(): TerminalEvent | undefined {
    return this.#terminal;
  }

  get started(): boolean {
    return this.#started;
  }

  get oldestSeq(): number | null {
    return this.#events[0]?.seq ?? null;
  }

  /** Appends an event and wakes the readers. Events after the terminal one are dropped (late progress of a tool). */
  publish(body: TurnEventBody): void {
    if (this.#terminal !== undefined) return;
    this.#lastSeq += 1;
    const event: TurnEvent = { ...body, runId: this.runId, seq: this.#lastSeq, atMs: this.#now() };
    this.#events.push(event);
    if (this.#events.length > this.#maxEvents) this.#events.shift();
    if (event.kind === 'started') this.#started = true;
    if (isTerminal(event)) this.#terminal = event;
    this.#wake();
  }

  /** Held events after `afterSeq`, then live ones, ending with the terminal event. */
  async *follow(afterSeq: number): AsyncGenerator<TurnEvent, void, void> {
    let cursor = afterSeq;
    for (;;) {
      const next = this.#after(cursor);
      if (next !== undefined) {
        cursor = next.seq;
        yield next;
        if (isTerminal(next)) return;
      } else if (this.#terminal !== undefined) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#waiters.push(resolve);
        });
      }
    }
  }

  /** Resolves with the terminal event; rejects with the signal's reason when aborted first. */
  ended(signal?: AbortSignal): Promise<TerminalEvent> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      const check = () => {
        if (this.#terminal === undefined) {
          this.#waiters.push(check);
          return;
        }
        signal?.removeEventListener('abort', onAbort);
        resolve(this.#terminal);
      };
      check();
    });
  }

  #after(seq: number): TurnEvent | undefined {
    const oldest = this.#events[0];
    if (oldest === undefined) return undefined;
    return this.#events[Math.max(0, seq + 1 - oldest.seq)];
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }
}
