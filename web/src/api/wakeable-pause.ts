/**
 * Waiting before a retry that ends early when trying again makes sense: the network is back, the page is shown
 * again, or the operator asked for it.
 */
export class WakeablePause {
  readonly #wakers = new Set<() => void>();

  /** Resolves after `ms`, at the next `wake()` or when `signal` aborts. Never rejects. */
  readonly pause = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#wakers.delete(finish);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      this.#wakers.add(finish);
      signal.addEventListener('abort', finish, { once: true });
      if (signal.aborted) finish();
    });

  /** Ends every wait now. */
  readonly wake = (): void => {
    for (const waker of [...this.#wakers]) waker();
  };
}
