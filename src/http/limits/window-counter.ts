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

export class WindowCounter {
  readonly #limit: number;
  readonly #windowMs: number;
  #startedAt = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  state(now: number): WindowState {
    const elapsed = now - this.#startedAt;
    if (elapsed >= this.#windowMs) return { limit: this.#limit, remaining: this.#limit, resetMs: 0 };
    return {
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - this.#count),
      resetMs: this.#windowMs - elapsed,
    };
  }

  /** Counts one event; false, and nothing counted, when the window is full. */
  take(now: number): boolean {
    if (now - this.#startedAt >= this.#windowMs) {
      this.#startedAt = now;
      this.#count = 0;
    }
    if (this.#count >= this.#limit) return false;
    this.#count += 1;
    return true;
  }

  /** Takes back one counted event. */
  giveBack(): void {
    this.#count = Math.max(0, this.#count - 1);
  }
}
