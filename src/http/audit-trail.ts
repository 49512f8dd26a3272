/**
 * The audit entries of the HTTP surface.
 *
 * Invariants: a request never fails because its audit entry could not be written (that is logged); refused requests
 * of one client are written once a minute with a count, so that nobody can fill the disk by being refused.
 */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { AuditRepository } from '../storage/audit-repository.ts';

export interface OperatorAction {
  readonly actor: string;
  /** `auth.login`, `session.fork`, … */
  readonly action: string;
  readonly target?: string | null;
  readonly status: 'ok' | 'miss' | 'deny';
  readonly detail?: string | null;
}

export interface Refusal {
  readonly actor: string;
  /** `auth.unauthorized`, `auth.csrf_denied`, `api_key.scope_denied`, `api_key.rate_limited`, … */
  readonly action: string;
  readonly target: string;
}

interface Suppressed {
  count: number;
  writtenAt: number;
}

const QUIET_MS = 60_000;
const MAX_REMEMBERED = 1024;

export class AuditTrail {
  readonly #audit: AuditRepository;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #logger: Logger;
  readonly #refusals = new Map<string, Suppressed>();

  constructor(audit: AuditRepository, clock: Pick<Clock, 'monotonic'>, logger: Logger) {
    this.#audit = audit;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Records what an operator did. Never rejects. */
  async record(action: OperatorAction): Promise<void> {
    await this.#append({ kind: 'operator', ...action });
  }

  /** Records a refused request, unless the same actor was refused the same way within the last minute. */
  async refused(refusal: Refusal): Promise<void> {
    const now = this.#clock.monotonic();
    const key = `${refusal.action} ${refusal.actor}`;
    const known = this.#refusals.get(key);
    if (known !== undefined && now - known.writtenAt < QUIET_MS) {
      known.count += 1;
      return;
    }
    const detail =
      known === undefined || known.count === 0 ? null : `${known.count} more since the last entry`;
    this.#remember(key, now);
    await this.#append({ kind: 'auth', status: 'deny', detail, ...refusal });
  }

  #remember(key: string, now: number): void {
    this.#refusals.delete(key);
    this.#refusals.set(key, { count: 0, writtenAt: now });
    for (const oldest of this.#refusals.keys()) {
      if (this.#refusals.size <= MAX_REMEMBERED) break;
      this.#refusals.delete(oldest);
    }
  }

  async #append(entry: Parameters<AuditRepository['append']>[0]): Promise<void> {
    try {
      await this.#audit.append(entry);
    } catch (error) {
      this.#logger.error({ action: entry.action, actor: entry.actor, err: error }, 'audit entry not written');
    }
  }
}
