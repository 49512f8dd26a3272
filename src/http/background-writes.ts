/** Writes that no request waits for. Failures are logged; `settle` waits for those under way. */
import type { Logger } from '../observability/logger.ts';

export class BackgroundWrites {
  readonly #pending = new Set<Promise<void>>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `what` names the write in the log when it fails. */
  start(what: string, write: Promise<unknown>): void {
    const tracked = write.then(
      () => {},
      (error: unknown) => this.#logger.warn({ what, err: error }, 'background write failed'),
    );
    this.#pending.add(tracked);
    void tracked.then(() => this.#pending.delete(tracked));
  }

  async settle(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
