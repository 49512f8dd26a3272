/**
 * Counts events in a fixed window that begins with its first event.
 *
 * Invariant: `take` counts only what it admits.
 */

/** How much of a window is used; the source of the `X-RateLimit-*` headers. */
export interface WindowState {
  readonly limit: number;
  readonly remaining: number;
  /** Until the window ends and everything is free again; 0 when it has not begun. */
  readonly resetMs: number;
}

export interface WindowLimits {
  readonly limit: number;
  readonly windowMs: number;
}

export class WindowCounter {
  readonly #limits: WindowLimits;
  #startedAt = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** The limits are read at each use: they may change while the window runs. */
  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  state(now: number): WindowState {
    const elapsed = now - this.#startedAt;
    if (elapsed >= this.#limits.windowMs)
      return { limit: this.#limits.limit, remaining: this.#limits.limit, resetMs: 0 };
    return {
      limit: this.#limits.limit,
      remaining: Math.max(0, this.#limits.limit - this.#count),
      resetMs: this.#limits.windowMs - elapsed,
    };
  }

  /** Counts one event; false, and nothing counted, when the window is full. */
  take(now: number): boolean {
    if (now - this.#startedAt >= this.#limits.windowMs) {
      this.#startedAt = now;
      this.#count = 0;
    }
    if (this.#count >= this.#limits.limit) return false;
    this.#count += 1;
    return true;
  }

  /** Takes back one counted event. */
  giveBack(): void {
    this.#count = Math.max(0, this.#count - 1);
  }
}
