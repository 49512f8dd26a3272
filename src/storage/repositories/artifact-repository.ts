/** Complete tool results that were too long for the model, kept for a limited time. */
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import type { IdSource } from '../../core/ids.ts';
import { codePointLength } from '../../core/text.ts';
import type { Storage } from '../storage.ts';

export interface Artifact {
  readonly artifactId: string;
  readonly chatId: number;
  readonly toolName: string;
  readonly content: string;
  /** Code points. */
  readonly totalChars: number;
  readonly createdAt: string;
  readonly expiresAt: string;
}

export interface NewArtifact {
  readonly chatId: number;
  readonly toolName: string;
  readonly content: string;
  readonly ttlMs: number;
}

export class ArtifactRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #ids: IdSource;

  constructor(storage: Storage, clock: Clock, ids: IdSource) {
    this.#storage = storage;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** Stores a result and returns its id, `art_` and 32 hex digits. */
  async save(artifact: NewArtifact): Promise<string> {
    const now = this.#clock.now();
    const artifactId = `art_${this.#ids.hex(16)}`;
    const query = this.#storage.db.insertInto('tool_result_artifacts').values({
      artifact_id: artifactId,
      chat_id: artifact.chatId,
      tool_name: artifact.toolName,
      content: artifact.content,
      total_chars: codePointLength(artifact.content),
      created_at: formatTimestamp(now),
      expires_at: formatTimestamp(now + artifact.ttlMs),
    });
    await this.#storage.write([{ query }]);
    return artifactId;
  }

  /** The artifact, unless it is unknown or has expired. */
  async find(artifactId: string): Promise<Artifact | undefined> {
    const row = await this.#storage.db
      .selectFrom('tool_result_artifacts')
      .selectAll()
      .where('artifact_id', '=', artifactId)
      .where('expires_at', '>', formatTimestamp(this.#clock.now()))
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      artifactId: row.artifact_id,
      chatId: row.chat_id,
      toolName: row.tool_name,
      content: row.content,
      totalChars: row.total_chars,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    };
  }

  /** Deletes what has expired; returns how many. */
  async prune(): Promise<number> {
    const query = this.#storage.db
      .deleteFrom('tool_result_artifacts')
      .where('expires_at', '<=', formatTimestamp(this.#clock.now()));
    const [result] = await this.#storage.write([{ query }]);
    return result?.affectedRows ?? 0;
  }
}
