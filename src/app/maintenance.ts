/**
 * Small recurring work: leases of running turns are extended, what has expired is removed, a database that refused a
 * request is asked again, so that its health is known when nobody writes, and its file is looked for.
 */
import type { AgentTurnService } from '../agent/turn-service.ts';
import type { MicroclawError } from '../core/errors.ts';
import type { Logger } from '../observability/logger.ts';
import { storageErrors } from '../storage/errors.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { Storage } from '../storage/storage.ts';

const LEASE_INTERVAL_MS = 20_000;
const PRUNE_INTERVAL_MS = 3_600_000;
/** Written to see whether the database takes writes again. */
const PROBE_KEY = 'storage_probe';

export interface MaintenanceParts {
  readonly agent: Pick<AgentTurnService, 'renewLeases'>;
  readonly storage: Pick<Storage, 'stats' | 'verifyFile'>;
  readonly repositories: Pick<Repositories, 'artifacts' | 'hookRequests' | 'meta'>;
  /** Told once that the database file was taken away under the program. */
  readonly onFileLost: (error: MicroclawError) => void;
  readonly logger: Logger;
}

export class Maintenance {
  readonly #parts: MaintenanceParts;
  #timers: NodeJS.Timeout[] = [];
  #fileLost = false;

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
  }

  start(): void {
    const { agent, repositories } = this.#parts;
    const { artifacts, hookRequests } = repositories;
    this.#every(LEASE_INTERVAL_MS, 'leases not renewed', () => agent.renewLeases());
    this.#every(LEASE_INTERVAL_MS, 'the database still refuses writes', () => this.#probe());
    this.#every(LEASE_INTERVAL_MS, 'the database file was not looked at', async () => this.#verifyFile());
    this.#every(PRUNE_INTERVAL_MS, 'artifacts not pruned', () => artifacts.prune());
    this.#every(PRUNE_INTERVAL_MS, 'hook requests not pruned', () => hookRequests.prune());
  }

  /** Idempotent. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #verifyFile(): void {
    if (this.#fileLost) return;
    try {
      this.#parts.storage.verifyFile();
    } catch (error) {
      if (!storageErrors.is(error, 'FILE_LOST')) throw error;
      this.#fileLost = true;
      this.#parts.onFileLost(error);
    }
  }

  /** A row that changes: a write that changes nothing succeeds on a full disk. */
  async #probe(): Promise<void> {
    const { storage, repositories } = this.#parts;
    if (storage.stats().trouble === undefined) return;
    await repositories.meta.set(PROBE_KEY, new Date().toISOString());
  }

  /** A failure is logged and the work is tried again at the next interval. */
  #every(intervalMs: number, failure: string, work: () => Promise<unknown>): void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => this.#parts.logger.warn({ err: error }, failure));
    }, intervalMs);
    timer.unref();
    this.#timers.push(timer);
  }
}
