/**
 * The time limits of one attempt. Aborts its signal when the caller does or when a limit passes, and remembers which,
 * so that the failure can be told apart afterwards.
 *
 * Invariant: after `dispose` no timer and no listener is left.
 */
import { llmErrors } from '../errors.ts';
import type { LlmTimeouts } from '../llm-options.ts';

export type DeadlinePhase = 'first_byte' | 'idle' | 'total';

const REASONS = {
  first_byte: 'The model did not start to answer in time.',
  idle: 'The model stopped in the middle of its answer.',
  total: 'The model took too long to answer.',
} as const satisfies Record<DeadlinePhase, string>;

export class AttemptDeadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #limits: LlmTimeouts;
  readonly #totalTimer: NodeJS.Timeout | undefined;
  #phaseTimer: NodeJS.Timeout;
  #receiving = false;

  constructor(caller: AbortSignal, limits: LlmTimeouts) {
    this.signal = this.#controller.signal;
    this.#caller = caller;
    this.#limits = limits;
    // Connecting has its own limit in the transport; the two together bound the wait for the first byte.
    const firstByteMs = limits.connectMs + limits.firstByteMs;
    this.#phaseTimer = setTimeout(() => this.#expire('first_byte', limits.firstByteMs), firstByteMs);
    const totalMs = limits.totalMs;
    if (totalMs !== undefined) this.#totalTimer = setTimeout(() => this.#expire('total', totalMs), totalMs);
    if (caller.aborted) this.#onCallerAbort();
    else caller.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  /** Notes that bytes arrived: from now on the idle limit applies, counted anew each time. */
  received(): void {
    if (this.#receiving) {
      this.#phaseTimer.refresh();
      return;
    }
    this.#receiving = true;
    clearTimeout(this.#phaseTimer);
    const idleMs = this.#limits.idleMs;
    this.#phaseTimer = setTimeout(() => this.#expire('idle', idleMs), idleMs);
  }

  /** The reason to report when this attempt was cut short from here, else `undefined`. */
  get interruption(): unknown {
    return this.signal.aborted ? this.signal.reason : undefined;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#phaseTimer);
    clearTimeout(this.#totalTimer);
    this.#caller.removeEventListener('abort', this.#onCallerAbort);
  }

  readonly #onCallerAbort = (): void => {
    this.#controller.abort(this.#caller.reason);
  };

  #expire(phase: DeadlinePhase, limitMs: number): void {
    this.#controller.abort(llmErrors.create('TIMEOUT', REASONS[phase], { data: { phase, limitMs } }));
  }
}
