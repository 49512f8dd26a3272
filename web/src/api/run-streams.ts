/**
 * The runs this page follows: one reducer state and at most one open stream per run, shared by every component.
 *
 * Invariants: a run is followed once however often it is asked for; listeners are told at most once per frame, but a
 * run's first text and its end at once; finished runs beyond `MAX_HELD_RUNS` are forgotten, the oldest first (the
 * transcript has them); a state saved before a reload continues after its last event.
 */
import { readSaved, type ValueStorage, writeSaved } from '../browser/saved-value.ts';
import { followRun } from './follow-run.ts';
import { numberOf } from './json-fields.ts';
import { reduceRun } from './reduce-run.ts';
import type { RunEvent } from './run-event.ts';
import { isActive, newRun, type RunState } from './run-state.ts';

export const MAX_HELD_RUNS = 60;

/** Total size of what `saveActive` writes, in characters; larger states are replayed by the server instead. */
const MAX_SAVED_CHARS = 1_000_000;

/** Raise the version with every change of `RunState`. */
const SAVED = { key: 'microclaw_runs', version: 1 } as const;

export interface RunStreamsPorts {
  readonly open: (runId: string, lastEventId: number, signal: AbortSignal) => Promise<Response>;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => number;
  /** Calls back before the next paint, or soon when the page is hidden. */
  readonly onNextFrame: (callback: () => void) => void;
  readonly storage: ValueStorage;
  /** A followed run ended or turned out to be unknown. */
  readonly onEnded: (run: RunState) => void;
}

interface Followed {
  state: RunState;
  connected: boolean;
}

export class RunStreams {
  readonly #ports: RunStreamsPorts;
  readonly #runs = new Map<string, Followed>();
  readonly #listeners = new Set<() => void>();
  /** A run is followed until it ends or the page goes away. */
  readonly #never = new AbortController().signal;
  #heldRunIds: ReadonlySet<string> = new Set();
  #frameAsked = false;

  constructor(ports: RunStreamsPorts) {
    this.#ports = ports;
  }

  /** For `useSyncExternalStore`: any change of any run. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The same object until something of the run changes. */
  get(runId: string): RunState | undefined {
    return this.#runs.get(runId)?.state;
  }

  /** The runs whose state is held; the same set until one comes or goes. */
  readonly heldRunIds = (): ReadonlySet<string> => this.#heldRunIds;

  /** True while at least one followed run waits for its connection. */
  isReconnecting(): boolean {
    return [...this.#runs.values()].some((run) => isActive(run.state) && !run.connected);
  }

  /** Starts following, unless the run is known already. */
  follow(runId: string): void {
    if (this.#runs.has(runId)) return;
    void this.#run(runId, newRun(runId));
  }

  /** Keeps the running states for the page that a reload opens. */
  saveActive(): void {
    const active = [...this.#runs.values()].map((run) => run.state).filter(isActive);
    const isSmall = JSON.stringify(active).length <= MAX_SAVED_CHARS;
    if (active.length > 0 && isSmall) writeSaved(this.#ports.storage, SAVED, active);
    else this.#ports.storage.removeItem(SAVED.key);
  }

  /** Continues the runs that `saveActive` kept. */
  restoreActive(): void {
    const saved = readSaved<readonly RunState[]>(this.#ports.storage, SAVED) ?? [];
    this.#ports.storage.removeItem(SAVED.key);
    for (const state of saved) {
      if (!this.#runs.has(state.runId)) void this.#run(state.runId, state);
    }
  }

  async #run(runId: string, initial: RunState): Promise<void> {
    const followed: Followed = { state: initial, connected: true };
    this.#runs.set(runId, followed);
    this.#forgetOldest();
    this.#heldRunIds = new Set(this.#runs.keys());
    this.#notify();
    await followRun(
      {
        open: (lastEventId, signal) => this.#ports.open(runId, lastEventId, signal),
        pause: this.#ports.pause,
        onEvent: (event) => this.#take(followed, event),
        onConnection: (connected) => {
          followed.connected = connected;
          this.#notifySoon();
        },
      },
      initial.lastEventId,
      this.#never,
    );
    this.#finish(followed);
  }

  #take(followed: Followed, event: RunEvent): void {
    const before = followed.state;
    followed.state = reduceRun(before, event, numberOf(event.data, 'at_ms') ?? this.#ports.now());
    if (followed.state === before) return;
    const isFirstSegment = before.segments.length === 0 && followed.state.segments.length > 0;
    if (isFirstSegment || !isActive(followed.state)) this.#notify();
    else this.#notifySoon();
  }

  #finish(followed: Followed): void {
    followed.connected = true;
    if (isActive(followed.state)) {
      followed.state = { ...followed.state, phase: 'lost', endedAtMs: this.#ports.now() };
    }
    this.#notify();
    this.#ports.onEnded(followed.state);
  }

  #forgetOldest(): void {
    for (const [runId, run] of this.#runs) {
      if (this.#runs.size <= MAX_HELD_RUNS) return;
      if (!isActive(run.state)) this.#runs.delete(runId);
    }
  }

  #notifySoon(): void {
    if (this.#frameAsked) return;
    this.#frameAsked = true;
    this.#ports.onNextFrame(() => {
      this.#frameAsked = false;
      this.#notify();
    });
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
