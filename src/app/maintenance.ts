/** Small recurring work: leases of running turns are extended, what has expired is removed. */
import type { AgentTurnService } from '../agent/turn-service.ts';
import type { Logger } from '../observability/logger.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';

const LEASE_INTERVAL_MS = 20_000;
const PRUNE_INTERVAL_MS = 3_600_000;

export class Maintenance {
  readonly #agent: Pick<AgentTurnService, 'renewLeases'>;
  readonly #repositories: Pick<Repositories, 'artifacts' | 'hookRequests'>;
  readonly #logger: Logger;
  #timers: NodeJS.Timeout[] = [];

  constructor(
    agent: Pick<AgentTurnService, 'renewLeases'>,
    repositories: Pick<Repositories, 'artifacts' | 'hookRequests'>,
    logger: Logger,
  ) {
    this.#agent = agent;
    this.#repositories = repositories;
    this.#logger = logger;
  }

  start(): void {
    this.#every(LEASE_INTERVAL_MS, 'leases not renewed', () => this.#agent.renewLeases());
    const { artifacts, hookRequests } = this.#repositories;
    this.#every(PRUNE_INTERVAL_MS, 'artifacts not pruned', () => artifacts.prune());
    this.#every(PRUNE_INTERVAL_MS, 'hook requests not pruned', () => hookRequests.prune());
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
