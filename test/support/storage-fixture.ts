/** A real database in a directory of its own, with a clock the test moves, and short ways to fill it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/core/clock.ts';
import type { ChatRecord } from '../../src/storage/repositories/chat-repository.ts';
import { createRepositories, type Repositories } from '../../src/storage/repositories/repositories.ts';
import { openStorage, type Storage, type StorageOptions } from '../../src/storage/storage.ts';

/** Time that moves only when the test says so. */
export class ManualClock implements Clock {
  #now = Date.parse('2030-01-01T00:00:00.000Z');

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(): Promise<void> {
    return Promise.reject(new Error('a storage test never sleeps'));
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

export class StorageFixture {
  readonly directory: string;
  readonly clock = new ManualClock();
  storage: Storage;
  repositories: Repositories;
  #messages = 0;

  private constructor(directory: string, storage: Storage) {
    this.directory = directory;
    this.storage = storage;
    this.repositories = createRepositories(storage, this.clock);
  }

  static async open(options: Partial<StorageOptions> = {}): Promise<StorageFixture> {
    const directory = await mkdtemp(join(tmpdir(), 'microclaw-storage-'));
    const clock = new ManualClock();
    const storage = await openStorage({ path: join(directory, 'microclaw.db'), clock, ...options });
    return new StorageFixture(directory, storage);
  }

  get path(): string {
    return join(this.directory, 'microclaw.db');
  }

  /** Closes the database and opens it again. */
  async reopen(options: Partial<StorageOptions> = {}): Promise<void> {
    await this.storage.close();
    this.storage = await openStorage({ path: this.path, clock: this.clock, ...options });
    this.repositories = createRepositories(this.storage, this.clock);
  }

  async dispose(): Promise<void> {
    await this.storage.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A web chat whose session key is `name`. */
  chat(name: string): Promise<ChatRecord> {
    return this.repositories.chats.ensure({ channel: 'web', externalId: name, title: name, kind: 'private' });
  }

  /** Stores a message and returns its `seq`. */
  message(
    chatId: number,
    content: string,
    options: { readonly isFromBot?: boolean; readonly runId?: string } = {},
  ): Promise<number> {
    this.#messages += 1;
    return this.repositories.messages.insert({
      id: `m${this.#messages}`,
      chatId,
      senderName: options.isFromBot === true ? 'microclaw' : 'ann',
      content,
      isFromBot: options.isFromBot ?? false,
      runId: options.runId ?? null,
    });
  }

  /** Appends an entry to the chat's session (made when missing) and returns its id. */
  async entry(chatId: number, text: string, runId: string | null = null): Promise<number> {
    const { sessions } = this.repositories;
    const generation = (await sessions.find(chatId))?.generation ?? 0;
    const results = await this.storage.write([
      sessions.ensureStatement(chatId),
      sessions.appendEntryStatement({
        chatId,
        generation,
        runId,
        role: 'user',
        kind: 'message',
        contentJson: JSON.stringify([{ type: 'text', text }]),
      }),
    ]);
    return results[1]?.insertId ?? 0;
  }

  /** A whole turn: request, entries and answer. */
  async turn(chatId: number, runId: string): Promise<void> {
    const seq = await this.message(chatId, `question of ${runId}`, { runId });
    await this.entry(chatId, `question of ${runId}`, runId);
    await this.entry(chatId, `answer of ${runId}`, runId);
    const seen = this.storage.db
      .updateTable('sessions')
      .set({ last_message_id: seq })
      .where('chat_id', '=', chatId);
    await this.storage.write([{ query: seen }]);
    await this.message(chatId, `answer of ${runId}`, { runId, isFromBot: true });
  }
}
