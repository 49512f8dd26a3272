/**
 * Ends of turns that could not be stored when they happened, because the disk was full or the file could not be
 * written. Whoever followed the turn has been told; the database is told as soon as it takes writes again.
 *
 * Invariants: an end is stored before its chat's next request is, unless the database still refuses it; an end that has
 * no row any more (its chat was deleted) is dropped; what could not be stored by the time of a stop is left to the next
 * start, which finds the turn unfinished.
 */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../observability/logger.ts';
import { storageErrors } from '../../storage/errors.ts';
import type { TurnEnd, TurnRepository } from '../../storage/repositories/turn-repository.ts';
import type { ActiveTurn } from './active-turn.ts';
import type { TurnOutcome, TurnRecorder } from './turn-recorder.ts';

export interface LateEndsParts {
  readonly turns: TurnRepository;
  readonly recorder: TurnRecorder;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly logger: Logger;
}

interface LateEnd {
  readonly runId: string;
  readonly chatId: number;
  readonly end: TurnEnd;
  /** Message for the transcript, or `undefined` when none is wanted. */
  readonly transcript: string | undefined;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** Refusals that pass by themselves or once the operator has made room. */
const PASSING = ['DISK_FULL', 'READ_ONLY', 'CANNOT_OPEN', 'BUSY', 'IO'] as const;

export class LateEnds {
  readonly #parts: LateEndsParts;
  /** By run id, oldest first. No request is accepted while nothing can be stored, so these were running already. */
  readonly #waiting = new Map<string, LateEnd>();
  readonly #stopped = new AbortController();
  #retrying: Promise<void> | undefined;
  /** The attempts come one after another, so that no end is written twice. */
  #attempts: Promise<void> = Promise.resolve();

  constructor(parts: LateEndsParts) {
    this.#parts = parts;
  }

  /**
   * Takes the end of a turn that the database refused with `error`; call before its event is published. False when it
   * makes no sense to try again.
   */
  keep(turn: ActiveTurn, outcome: TurnOutcome, error: unknown, options: { inTranscript: boolean }): boolean {
    if (!isPassing(error) || this.#stopped.signal.aborted) return false;
    const { runId, chatId } = turn.item;
    this.#waiting.set(runId, {
      runId,
      chatId,
      end: this.#parts.recorder.endOf(turn, outcome),
      transcript: options.inTranscript ? outcome.transcript : undefined,
    });
    this.#retrying ??= this.#retry();
    return true;
  }

  /** Tries to store the ends of a chat now; `undefined` when there are none. Does not reject. */
  settle(chatId: number): Promise<void> | undefined {
    const ends = [...this.#waiting.values()].filter((end) => end.chatId === chatId);
    return ends.length === 0 ? undefined : this.#storeAll(ends);
  }

  /** Tries a last time, then gives up. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#retrying;
    await this.#storeAll([...this.#waiting.values()]);
    this.#waiting.clear();
  }

  /** Does not reject. */
  async #retry(): Promise<void> {
    const { signal } = this.#stopped;
    for (let waitMs = FIRST_WAIT_MS; this.#waiting.size > 0; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      await this.#parts.clock.sleep(waitMs, signal).catch(() => {}); // rejects for the stop alone
      if (signal.aborted) break;
      await this.#storeAll([...this.#waiting.values()]);
    }
    this.#retrying = undefined;
  }

  #storeAll(ends: readonly LateEnd[]): Promise<void> {
    this.#attempts = this.#attempts.then(async () => {
      for (const end of ends) if (this.#waiting.has(end.runId)) await this.#store(end);
    });
    return this.#attempts;
  }

  async #store({ runId, chatId, end, transcript }: LateEnd): Promise<void> {
    const { turns, recorder, logger } = this.#parts;
    const message =
      transcript === undefined ? [] : recorder.botMessage({ item: { runId, chatId } }, transcript);
    try {
      await turns.close(runId, end, message);
      logger.info({ runId }, 'the end of a turn was stored late');
    } catch (error) {
      if (isPassing(error)) return;
      logger.warn({ err: error, runId }, 'the end of a turn was not stored');
    }
    this.#waiting.delete(runId);
  }
}

function isPassing(error: unknown): boolean {
  return PASSING.some((name) => storageErrors.is(error, name));
}
