/** Small recurring work: leases of running turns are extended, expired artifacts are removed. */
import type { AgentTurnService } from '../agent/turn-service.ts';
import type { Logger } from '../observability/logger.ts';
import type { Repositories } from '../storage/repositories.ts';

const LEASE_INTERVAL_MS = 20_000;
const PRUNE_INTERVAL_MS = 3_600_000;

export class Maintenance {
  readonly #agent: Pick<AgentTurnService, 'renewLeases'>;
  readonly #artifacts: Repositories['artifacts'];
  readonly #logger: Logger;
  #timers: NodeJS.Timeout[] = [];

  constructor(agent: Pick<AgentTurnService, 'renewLeases'>, repositories: Repositories, logger: Logger) {
    this.#agent = agent;
    this.#artifacts = repositories.artifacts;
    this.#logger = logger;
  }

  start(): void {
    this.#every(LEASE_INTERVAL_MS, 'leases not renewed', () => this.#agent.renewLeases());
    this.#every(PRUNE_INTERVAL_MS, 'artifacts not pruned', () => this.#artifacts.prune());
  }

  /** Idempotent. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  /** A failure is logged and the work is tried again at the next interval. */
  #every(intervalMs: number, failure: string, work: () => Promise<unknown>): void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => this.#logger.warn({ err: error }, failure));
    }, intervalMs);
    timer.unref();
    this.#timers.push(timer);
  }
}
