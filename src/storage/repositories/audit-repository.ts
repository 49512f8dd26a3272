/**
 * The audit log, a chain in which every row seals the one before it.
 *
 * Invariants: rows are appended one after another, also when two repositories share the database; entries appended at
 * the same time share one transaction; an append is acknowledged only after its row was committed.
 */
import type { Selectable } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { storageErrors } from '../errors.ts';
import type { AuditLogsTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';
import { AUDIT_GENESIS, type AuditFields, auditSeal } from './audit-chain.ts';

export interface NewAuditEntry {
  /** `operator`, `auth`, `tool`, `approval`, … */
  readonly kind: string;
  readonly actor: string;
  readonly action: string;
  readonly target?: string | null;
  /** `ok`, `deny`, `miss`, … */
  readonly status: string;
  /** Free of secrets. */
  readonly detail?: string | null;
}

export interface AuditEntry extends AuditFields {
  readonly id: number;
}

export interface AuditListOptions {
  readonly limit: number;
  readonly kind?: string;
  /** Only entries older than this one. */
  readonly beforeId?: number;
  /** Only entries at or after this instant (RFC 3339). */
  readonly since?: string;
}

export interface AuditVerification {
  readonly sealedEntries: number;
  readonly intact: boolean;
  /** Id of the first row that does not fit; `null` when all do. */
  readonly brokenAt: number | null;
  readonly reason: string | null;
}

/** How far a verification has come. */
export interface AuditCursor {
  /** Rows up to this id are verified. */
  readonly afterId: number;
  /** The seal of that row. */
  readonly seal: string;
  readonly sealedEntries: number;
}

export type AuditVerifyStep =
  | { readonly kind: 'intact'; readonly cursor: AuditCursor; readonly atEnd: boolean }
  | {
      readonly kind: 'broken';
      /** Before the row that does not fit. */
      readonly cursor: AuditCursor;
      readonly brokenAt: number;
      readonly reason: string;
    };

/** Where every verification begins. */
export const AUDIT_START: AuditCursor = { afterId: 0, seal: AUDIT_GENESIS, sealedEntries: 0 };

interface Waiting {
  readonly entry: AuditFields;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const AUDIT_COLUMNS = [
  'kind',
  'actor',
  'action',
  'target',
  'status',
  'detail',
  'created_at',
  'prev_hash',
  'entry_hash',
] as const;
const VERIFY_PAGE = 1000;
const MAX_BATCH = 100;
/** Another writer of the chain may come first; each attempt reads its end again. */
const MAX_ATTEMPTS = 5;

export class AuditRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #lastSeal: string | undefined;
  #writing = false;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** Appends an entry. Rejects with `MC_STORAGE_*` when it could not be stored. */
  append(entry: NewAuditEntry): Promise<void> {
    const fields = {
      kind: entry.kind,
      actor: entry.actor,
      action: entry.action,
      target: entry.target ?? null,
      status: entry.status,
      detail: entry.detail ?? null,
      createdAt: formatTimestamp(this.#clock.now()),
    };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry: fields, resolve, reject });
      if (!this.#writing) void this.#drain();
    });
  }

  /** Entries, the newest first. */
  async list(options: AuditListOptions): Promise<readonly AuditEntry[]> {
    let select = this.#storage.db
      .selectFrom('audit_logs')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(options.limit);
    if (options.kind !== undefined) select = select.where('kind', '=', options.kind);
    if (options.beforeId !== undefined) select = select.where('id', '<', options.beforeId);
    if (options.since !== undefined) select = select.where('created_at', '>=', options.since);
    const rows = await select.execute();
    return rows.map((row) => ({ id: row.id, ...toFields(row) }));
  }

  /** Recomputes the chain. Rows without a seal are older than it and are passed over. */
  async verify(): Promise<AuditVerification> {
    let cursor = AUDIT_START;
    for (;;) {
      const step = await this.verifyNext(cursor);
      const { sealedEntries } = step.cursor;
      if (step.kind === 'broken') {
        return { sealedEntries, intact: false, brokenAt: step.brokenAt, reason: step.reason };
      }
      if (step.atEnd) return { sealedEntries, intact: true, brokenAt: null, reason: null };
      cursor = step.cursor;
    }
  }

  /** Recomputes the next thousand rows, for callers that go through the chain in parts. */
  async verifyNext(from: AuditCursor): Promise<AuditVerifyStep> {
    const rows = await this.#sealedAfter(from.afterId);
    let cursor = from;
    for (const row of rows) {
      const reason = brokenReason(row, cursor.seal);
      if (reason !== null) return { kind: 'broken', cursor, brokenAt: row.id, reason };
      const seal = row.entry_hash ?? cursor.seal;
      cursor = { afterId: row.id, seal, sealedEntries: cursor.sealedEntries + 1 };
    }
    return { kind: 'intact', cursor, atEnd: rows.length < VERIFY_PAGE };
  }

  /** Whether the row that a cursor stopped at is still there as it was. */
  async stillHolds({ afterId, seal }: AuditCursor): Promise<boolean> {
    if (afterId === AUDIT_START.afterId) return true;
    const row = await this.#storage.db
      .selectFrom('audit_logs')
      .select('entry_hash')
      .where('id', '=', afterId)
      .executeTakeFirst();
    return row?.entry_hash === seal;
  }

  #sealedAfter(id: number) {
    return this.#storage.db
      .selectFrom('audit_logs')
      .selectAll()
      .where('id', '>', id)
      .where('entry_hash', 'is not', null)
      .orderBy('id')
      .limit(VERIFY_PAGE)
      .execute();
  }

  /** Writes what waits, a batch at a time, until nothing does. */
  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        await this.#write(batch.map((waiting) => waiting.entry));
        for (const waiting of batch) waiting.resolve();
      } catch (error) {
        for (const waiting of batch) waiting.reject(error);
      }
    }
    this.#writing = false;
  }

  async #write(entries: readonly AuditFields[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#lastSeal ??= await this.#readLastSeal();
      const { statements, seal } = this.#chain(entries, this.#lastSeal);
      try {
        await this.#storage.write(statements);
        this.#lastSeal = seal;
        return;
      } catch (error) {
        this.#lastSeal = undefined;
        if (attempt === MAX_ATTEMPTS || !storageErrors.is(error, 'CONFLICT')) throw error;
      }
    }
  }

  async #readLastSeal(): Promise<string> {
    const row = await this.#storage.db
      .selectFrom('audit_logs')
      .select('entry_hash')
      .where('entry_hash', 'is not', null)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.entry_hash ?? AUDIT_GENESIS;
  }

  #chain(entries: readonly AuditFields[], start: string): { statements: WriteStatement[]; seal: string } {
    let seal = start;
    const statements = entries.map((entry) => {
      const previous = seal;
      seal = auditSeal(previous, entry);
      return this.#insertStatement(entry, previous, seal);
    });
    return { statements, seal };
  }

  /** Inserts a row if the chain still ends with `previous`. */
  #insertStatement(entry: AuditFields, previous: string, seal: string): WriteStatement {
    const { db } = this.#storage;
    const end = db
      .selectFrom('audit_logs')
      .select('entry_hash')
      .where('entry_hash', 'is not', null)
      .orderBy('id', 'desc')
      .limit(1);
    const row = {
      kind: entry.kind,
      actor: entry.actor,
      action: entry.action,
      target: entry.target,
      status: entry.status,
      detail: entry.detail,
      created_at: entry.createdAt,
      prev_hash: previous,
      entry_hash: seal,
    };
    return {
      query: db
        .insertInto('audit_logs')
        .columns(AUDIT_COLUMNS)
        .expression(
          db
            .selectNoFrom((column) => AUDIT_COLUMNS.map((name) => column.val(row[name]).as(name)))
            .where(({ fn, val }) => fn.coalesce(end, val(AUDIT_GENESIS)), '=', previous),
        ),
      expectRows: 1,
    };
  }
}

function toFields(row: Selectable<AuditLogsTable>): AuditFields {
  return {
    kind: row.kind,
    actor: row.actor,
    action: row.action,
    target: row.target,
    status: row.status,
    detail: row.detail,
    createdAt: row.created_at,
  };
}

function brokenReason(row: Selectable<AuditLogsTable>, previous: string): string | null {
  if (row.prev_hash !== previous) return 'prev_hash does not continue the entry before it';
  if (row.entry_hash !== auditSeal(previous, toFields(row))) return 'entry_hash does not match the content';
  return null;
}
