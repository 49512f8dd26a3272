/**
 * The events of one run while observers may want them. Writers append, readers follow at their own speed from the
 * same buffer, so a slow reader never makes a queue of its own.
 *
 * Invariants: `seq` grows by one per event; nothing is appended after the terminal event; at most `maxEvents` events
 * of together about `maxCharacters` characters are held, the oldest leave first and the newest never; an observer that
 * leaves is forgotten at once.
 */
import { agentErrors } from '../errors.ts';
import { isTerminal, type TerminalEvent, type TurnEvent, type TurnEventBody } from '../turn-event.ts';
import { RunReader } from './run-reader.ts';

export interface LiveRunLimits {
  readonly maxEvents: number;
  /** Default 4 Mi. */
  readonly maxCharacters?: number;
  readonly now: () => number;
}

interface EndWaiter {
  resolve(event: TerminalEvent): void;
  reject(reason: unknown): void;
}

export class LiveRun {
  readonly runId: string;
  readonly chatId: number;
  readonly sessionKey: string;
  readonly actorId: string;
  readonly #limits: LiveRunLimits;
  readonly #events: TurnEvent[] = [];
  readonly #parked = new Set<() => void>();
  readonly #endWaiters = new Set<EndWaiter>();
  #heldCharacters = 0;
  #left = false;
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
    limits: LiveRunLimits,
  ) {
    this.runId = facts.runId;
    this.chatId = facts.chatId;
    this.sessionKey = facts.sessionKey;
    this.actorId = facts.actorId;
    this.#lastSeq = facts.baseSeq;
    this.#limits = limits;
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

  /** Memory the held events take, roughly, in characters. */
  get heldCharacters(): number {
    return this.#heldCharacters;
  }

  /** Appends an event and wakes the readers. Events after the terminal one are dropped (late progress of a tool). */
  publish(body: TurnEventBody): void {
    if (this.#terminal !== undefined) return;
    this.#lastSeq += 1;
    const event: TurnEvent = { ...body, runId: this.runId, seq: this.#lastSeq, atMs: this.#limits.now() };
    this.#events.push(event);
    this.#heldCharacters += charactersOf(event);
    this.#dropOldest();
    if (event.kind === 'started') this.#started = true;
    if (isTerminal(event)) this.#end(event);
    for (const wake of [...this.#parked]) wake();
  }

  /**
   * This process will not finish the run: readers end without a terminal event, and who waits for the end is rejected
   * with `MC_AGENT_STOPPING`.
   */
  leave(): void {
    if (this.#terminal !== undefined || this.#left) return;
    this.#left = true;
    for (const wake of [...this.#parked]) wake();
    for (const waiter of this.#endWaiters) waiter.reject(leftError());
    this.#endWaiters.clear();
  }

  /** Held events after `afterSeq`, then live ones, ending with the terminal event. */
  follow(afterSeq: number): AsyncIterableIterator<TurnEvent, void, void> {
    const log = {
      after: (seq: number) => this.#after(seq),
      isOver: () => this.#left || this.#terminal !== undefined,
      park: (wake: () => void) => {
        this.#parked.add(wake);
        return () => this.#parked.delete(wake);
      },
    };
    return new RunReader(log, afterSeq);
  }

  /**
   * Resolves with the terminal event; rejects with the signal's reason when aborted first, with `MC_AGENT_STOPPING`
   * when the run is left to the next process.
   */
  async ended(signal?: AbortSignal): Promise<TerminalEvent> {
    signal?.throwIfAborted();
    if (this.#terminal !== undefined) return this.#terminal;
    if (this.#left) throw leftError();
    const { promise, resolve, reject } = Promise.withResolvers<TerminalEvent>();
    const waiter = { resolve, reject };
    const giveUp = () => reject(signal?.reason);
    this.#endWaiters.add(waiter);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      return await promise;
    } finally {
      this.#endWaiters.delete(waiter);
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Readers and waiters that are here right now. */
  get observers(): number {
    return this.#parked.size + this.#endWaiters.size;
  }

  #end(event: TerminalEvent): void {
    this.#terminal = event;
    for (const waiter of this.#endWaiters) waiter.resolve(event);
    this.#endWaiters.clear();
  }

  #dropOldest(): void {
    const { maxEvents, maxCharacters = MAX_CHARACTERS } = this.#limits;
    while (
      this.#events.length > maxEvents ||
      (this.#heldCharacters > maxCharacters && this.#events.length > 1)
    ) {
      const oldest = this.#events.shift();
      if (oldest !== undefined) this.#heldCharacters -= charactersOf(oldest);
    }
  }

  #after(seq: number): TurnEvent | undefined {
    const oldest = this.#events[0];
    if (oldest === undefined) return undefined;
    return this.#events[Math.max(0, seq + 1 - oldest.seq)];
  }
}

function leftError() {
  return agentErrors.create('STOPPING', 'The runtime is shutting down; the run continues after the restart.');
}

const MAX_CHARACTERS = 4 * 1024 * 1024;
/** The object itself costs about this much. */
const EVENT_OVERHEAD = 100;

function charactersOf(event: TurnEvent): number {
  let characters = EVENT_OVERHEAD;
  for (const value of Object.values(event)) {
    if (typeof value === 'string') characters += value.length;
    else if (typeof value === 'object' && value !== null) characters += JSON.stringify(value).length;
  }
  return characters;
}
