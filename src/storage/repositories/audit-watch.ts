/**
 * Watches the audit chain without recomputing it for every question.
 *
 * Invariants: one call recomputes a bounded number of rows and continues where the last one stopped; rows that were
 * verified are noticed when they disappear; an hour after its beginning a finished pass is followed by a new one, so a
 * change of an old row is found too; a row that does not fit is reported until a whole pass finds the chain intact, a
 * loss until the program ends.
 */
import type { Clock } from '../../core/clock.ts';
import type { SelfCheckWarning } from '../../core/self-check.ts';
import { AUDIT_START, type AuditCursor, type AuditRepository } from './audit-repository.ts';

const PAGES_PER_CALL = 5;
const PASS_INTERVAL_MS = 3_600_000;

interface Break {
  readonly brokenAt: number;
  readonly reason: string;
}

export class AuditWatch {
  readonly #audit: Pick<AuditRepository, 'verifyNext' | 'stillHolds'>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #cursor: AuditCursor = AUDIT_START;
  #passStartedAt: number;
  /** The first row that does not fit, as the latest complete pass or the present one found it. */
  #break: Break | undefined;
  /** Removed rows leave no trace in the chain, so what was noticed once stays known. */
  #loss: Break | undefined;
  #running: Promise<void> | undefined;

  constructor(audit: Pick<AuditRepository, 'verifyNext' | 'stillHolds'>, clock: Pick<Clock, 'monotonic'>) {
    this.#audit = audit;
    this.#clock = clock;
    this.#passStartedAt = clock.monotonic();
  }

  /** Goes on a little and tells what is known. Callers at the same time share the work. */
  async warnings(): Promise<readonly SelfCheckWarning[]> {
    this.#running ??= this.#advance().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
    const found = this.#loss ?? this.#break;
    if (found === undefined) return [];
    return [
      {
        code: 'audit_chain_broken',
        severity: 'high',
        message: `The audit log was changed behind the program's back at entry ${found.brokenAt}: ${found.reason}.`,
        hint: 'Run `microclaw audit verify`, and compare the database with its newest backup.',
      },
    ];
  }

  async #advance(): Promise<void> {
    if (!(await this.#audit.stillHolds(this.#cursor))) {
      this.#loss ??= { brokenAt: this.#cursor.afterId, reason: 'an entry that was verified before is gone' };
      this.#beginPass();
    }
    for (let page = 0; page < PAGES_PER_CALL; page += 1) {
      const step = await this.#audit.verifyNext(this.#cursor);
      if (step.kind === 'broken') {
        this.#break = { brokenAt: step.brokenAt, reason: step.reason };
        this.#beginPass();
        return;
      }
      this.#cursor = step.cursor;
      if (!step.atEnd) continue;
      this.#break = undefined;
      if (this.#clock.monotonic() - this.#passStartedAt >= PASS_INTERVAL_MS) this.#beginPass();
      return;
    }
  }

  #beginPass(): void {
    this.#cursor = AUDIT_START;
    this.#passStartedAt = this.#clock.monotonic();
  }
}
