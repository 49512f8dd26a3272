/**
 * The operator's password hash and login sessions. Only hashes come here: of the password (Argon2id), of the cookie's
 * value and of the CSRF token (SHA-256).
 */
import type { Selectable } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import type { AuthSessionsTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';

export interface LoginSession {
  /** SHA-256 hex of the cookie's value. */
  readonly sessionId: string;
  /** SHA-256 hex of the CSRF token. */
  readonly csrfHash: string;
  readonly label: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastSeenAt: string;
  readonly revokedAt: string | null;
}

export interface NewLoginSession {
  readonly sessionId: string;
  readonly csrfHash: string;
  readonly label: string | null;
  readonly expiresAtMs: number;
}

/** There is exactly one operator. */
const PASSWORD_ROW = 1;

export class AuthRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  async passwordHash(): Promise<string | undefined> {
    const row = await this.#storage.db
      .selectFrom('auth_passwords')
      .select('password_hash')
      .where('id', '=', PASSWORD_ROW)
      .executeTakeFirst();
    return row?.password_hash;
  }

  /** Stores the hash and ends all login sessions but `keepSessionId`, in one transaction. */
  async setPassword(passwordHash: string, options: { readonly keepSessionId?: string } = {}): Promise<void> {
    const statements = [
      this.#passwordStatement(passwordHash),
      this.#revokeAllStatement(options.keepSessionId),
    ];
    await this.#storage.write(statements, { durability: 'full' });
  }

  /** Replaces the hash of the same password (a newer algorithm); login sessions go on. */
  async rehashPassword(passwordHash: string): Promise<void> {
    await this.#storage.write([this.#passwordStatement(passwordHash)], { durability: 'full' });
  }

  /** Removes the password and ends all login sessions. */
  async clearPassword(): Promise<void> {
    const remove = { query: this.#storage.db.deleteFrom('auth_passwords').where('id', '=', PASSWORD_ROW) };
    await this.#storage.write([remove, this.#revokeAllStatement(undefined)], { durability: 'full' });
  }

  async createSession(session: NewLoginSession): Promise<LoginSession> {
    const now = this.#now();
    const row = {
      session_id: session.sessionId,
      csrf_hash: session.csrfHash,
      label: session.label,
      created_at: now,
      expires_at: formatTimestamp(session.expiresAtMs),
      last_seen_at: now,
      revoked_at: null,
    };
    const query = this.#storage.db.insertInto('auth_sessions').values(row);
    await this.#storage.write([{ query }], { durability: 'full' });
    return toLoginSession(row);
  }

  /** The session with this hash if it is neither revoked nor expired. */
  async findLiveSession(sessionId: string): Promise<LoginSession | undefined> {
    const row = await this.#live().where('session_id', '=', sessionId).executeTakeFirst();
    return row === undefined ? undefined : toLoginSession(row);
  }

  /** Live sessions, the newest first. */
  async listLiveSessions(): Promise<readonly LoginSession[]> {
    const rows = await this.#live().orderBy('created_at', 'desc').orderBy('session_id').execute();
    return rows.map(toLoginSession);
  }

  /** Notes that a session was used. */
  async touchSession(sessionId: string): Promise<void> {
    await this.#storage.write([
      {
        query: this.#storage.db
          .updateTable('auth_sessions')
          .set({ last_seen_at: this.#now() })
          .where('session_id', '=', sessionId),
      },
    ]);
  }

  /** Ends a session. False when there is no such session or it had been ended. */
  async revokeSession(sessionId: string): Promise<boolean> {
    const query = this.#storage.db
      .updateTable('auth_sessions')
      .set({ revoked_at: this.#now() })
      .where('session_id', '=', sessionId)
      .where('revoked_at', 'is', null);
    const [result] = await this.#storage.write([{ query }], { durability: 'full' });
    return (result?.affectedRows ?? 0) > 0;
  }

  /** Ends all sessions but `exceptSessionId`; returns how many. */
  async revokeAllSessions(exceptSessionId?: string): Promise<number> {
    const statement = this.#revokeAllStatement(exceptSessionId);
    const [result] = await this.#storage.write([statement], { durability: 'full' });
    return result?.affectedRows ?? 0;
  }

  /** Deletes sessions that ended before the instant; returns how many. */
  async pruneSessions(beforeMs: number): Promise<number> {
    const before = formatTimestamp(beforeMs);
    const query = this.#storage.db
      .deleteFrom('auth_sessions')
      .where((where) => where.or([where('expires_at', '<', before), where('revoked_at', '<', before)]));
    const [result] = await this.#storage.write([{ query }]);
    return result?.affectedRows ?? 0;
  }

  #live() {
    return this.#storage.db
      .selectFrom('auth_sessions')
      .selectAll()
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', this.#now());
  }

  #passwordStatement(passwordHash: string): WriteStatement {
    const now = this.#now();
    return {
      query: this.#storage.db
        .insertInto('auth_passwords')
        .values({ id: PASSWORD_ROW, password_hash: passwordHash, created_at: now, updated_at: now })
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet({ password_hash: passwordHash, updated_at: now }),
        ),
    };
  }

  #revokeAllStatement(exceptSessionId: string | undefined): WriteStatement {
    const update = this.#storage.db
      .updateTable('auth_sessions')
      .set({ revoked_at: this.#now() })
      .where('revoked_at', 'is', null);
    return {
      query: exceptSessionId === undefined ? update : update.where('session_id', '!=', exceptSessionId),
    };
  }

  #now(): string {
    return formatTimestamp(this.#clock.now());
  }
}

function toLoginSession(row: Selectable<AuthSessionsTable>): LoginSession {
  return {
    sessionId: row.session_id,
    csrfHash: row.csrf_hash,
    label: row.label,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastSeenAt: row.last_seen_at,
    revokedAt: row.revoked_at,
  };
}
