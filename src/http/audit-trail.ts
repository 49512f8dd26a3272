/**
 * The audit entries of the HTTP surface.
 *
 * Invariants: a request never fails because its audit entry could not be written (that is logged); nobody can fill the
 * disk by being refused: refused requests of one client are written once a minute with a count, and all refusals
 * together are limited, those of strangers apart from those of known callers, so that a flood hides no operator.
 */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../observability/logger.ts';
import type { AuditRepository } from '../storage/repositories/audit-repository.ts';
import { DenialBudget } from './denial-budget.ts';

export interface OperatorAction {
  /** `operator` when absent. */
  readonly kind?: 'operator' | 'approval';
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

type AuditEntry = Parameters<AuditRepository['append']>[0];

const QUIET_MS = 60_000;
const MAX_REMEMBERED = 1024;
/** Actors that have shown a valid credential. */
const KNOWN_ACTOR = /^(?:api-key|session|hook):|^(?:cli|legacy-token)$/;

export class AuditTrail {
  readonly #audit: AuditRepository;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #logger: Logger;
  readonly #refusals = new Map<string, Suppressed>();
  readonly #budgets: { readonly known: DenialBudget; readonly strangers: DenialBudget };

  constructor(audit: AuditRepository, clock: Pick<Clock, 'monotonic'>, logger: Logger) {
    this.#audit = audit;
    this.#clock = clock;
    this.#logger = logger;
    this.#budgets = { known: new DenialBudget(clock), strangers: new DenialBudget(clock) };
  }

  /** Records what an operator did. Never rejects. */
  async record(action: OperatorAction): Promise<void> {
    await this.#append({ kind: 'operator', ...action });
  }

  /** Records a wrong password, as far as the limit of refusals allows. Never rejects. */
  async loginFailed(client: string): Promise<void> {
    const entry = { kind: 'operator', actor: 'login', action: 'auth.login', target: client };
    await this.#appendDenial({ ...entry, status: 'deny', detail: 'wrong password' });
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
    await this.#appendDenial({ kind: 'auth', status: 'deny', detail, ...refusal });
  }

  async #appendDenial(entry: AuditEntry): Promise<void> {
    const budget = KNOWN_ACTOR.test(entry.actor) ? this.#budgets.known : this.#budgets.strangers;
    if (!budget.admit()) return;
    const unwritten = budget.takeUnwritten();
    if (unwritten > 0) {
      await this.#append({
        kind: 'auth',
        actor: 'audit',
        action: 'auth.refusals_not_written',
        status: 'deny',
        detail: `${unwritten} refused requests before this entry`,
      });
    }
    await this.#append(entry);
  }

  #remember(key: string, now: number): void {
    this.#refusals.delete(key);
    this.#refusals.set(key, { count: 0, writtenAt: now });
    for (const oldest of this.#refusals.keys()) {
      if (this.#refusals.size <= MAX_REMEMBERED) break;
      this.#refusals.delete(oldest);
    }
  }

  async #append(entry: AuditEntry): Promise<void> {
    try {
      await this.#audit.append(entry);
    } catch (error) {
      this.#logger.error({ action: entry.action, actor: entry.actor, err: error }, 'audit entry not written');
    }
  }
}
