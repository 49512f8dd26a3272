/** The ledger of model requests. Rows are only added; sums are computed by the database. */
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { prepareStatement } from '../prepared-statement.ts';
import type { Storage, WriteStatement } from '../storage.ts';

export interface NewUsage {
  readonly chatId: number;
  readonly runId: string | null;
  readonly callerChannel: string;
  /** Alias of the provider profile. */
  readonly provider: string;
  readonly model: string;
  /** Cached tokens included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** `null` when the model has no price. */
  readonly costMicroUsd: number | null;
  readonly requestKind: string;
  readonly durationMs: number;
}

export interface UsageTotals {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Input and output. */
  readonly totalTokens: number;
  /** Sum over the requests that have a price; `null` when none has. */
  readonly costMicroUsd: number | null;
}

export interface ModelUsage extends UsageTotals {
  readonly provider: string;
  readonly model: string;
}

export class UsageRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #insert: ReturnType<typeof insertUsage>;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
    this.#insert = insertUsage(storage);
  }

  /** Adds one request to the ledger; for a batch. Fractions of a millisecond are rounded. */
  insertStatement(usage: NewUsage): WriteStatement {
    return this.#insert({
      ...usage,
      totalTokens: usage.inputTokens + usage.outputTokens,
      costMicroUsd: usage.costMicroUsd === null ? null : Math.round(usage.costMicroUsd),
      requestKind: usage.requestKind,
      durationMs: Math.round(usage.durationMs),
      now: formatTimestamp(this.#clock.now()),
    });
  }

  async insert(usage: NewUsage): Promise<void> {
    await this.#storage.write([this.insertStatement(usage)]);
  }

  /** Sums for a chat, or for all with `null`; since an instant (RFC 3339), or of all time with `null`. */
  async totals(chatId: number | null, since: string | null): Promise<UsageTotals> {
    const row = await this.#sums(chatId, since).executeTakeFirstOrThrow();
    return toTotals(row);
  }

  /** The same sums per provider and model, most tokens first. */
  async byModel(chatId: number | null, since: string | null, limit = 20): Promise<readonly ModelUsage[]> {
    const rows = await this.#sums(chatId, since)
      .select(['provider', 'model'])
      .groupBy(['provider', 'model'])
      .orderBy('total_tokens', 'desc')
      .orderBy('model')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ ...toTotals(row), provider: row.provider, model: row.model }));
  }

  #sums(chatId: number | null, since: string | null) {
    let select = this.#storage.db
      .selectFrom('llm_usage_logs')
      .select(({ fn, val }) => [
        fn.countAll<number>().as('requests'),
        fn.coalesce(fn.sum<number>('input_tokens'), val(0)).as('input_tokens'),
        fn.coalesce(fn.sum<number>('output_tokens'), val(0)).as('output_tokens'),
        fn.coalesce(fn.sum<number>('cache_read_tokens'), val(0)).as('cache_read_tokens'),
        fn.coalesce(fn.sum<number>('cache_write_tokens'), val(0)).as('cache_write_tokens'),
        fn.coalesce(fn.sum<number>('total_tokens'), val(0)).as('total_tokens'),
        fn.sum<number | null>('cost_micro_usd').as('cost_micro_usd'),
      ]);
    if (chatId !== null) select = select.where('chat_id', '=', chatId);
    if (since !== null) select = select.where('created_at', '>=', since);
    return select;
  }
}

/** One row of the ledger. */
type UsageValues = Pick<NewUsage, keyof NewUsage> & { readonly totalTokens: number; readonly now: string };

function insertUsage({ db }: Storage) {
  return prepareStatement<UsageValues>((value) =>
    db.insertInto('llm_usage_logs').values({
      chat_id: value('chatId'),
      run_id: value('runId'),
      caller_channel: value('callerChannel'),
      provider: value('provider'),
      model: value('model'),
      input_tokens: value('inputTokens'),
      output_tokens: value('outputTokens'),
      cache_read_tokens: value('cacheReadTokens'),
      cache_write_tokens: value('cacheWriteTokens'),
      total_tokens: value('totalTokens'),
      cost_micro_usd: value('costMicroUsd'),
      request_kind: value('requestKind'),
      duration_ms: value('durationMs'),
      created_at: value('now'),
    }),
  );
}

interface SumsRow {
  readonly requests: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly total_tokens: number;
  readonly cost_micro_usd: number | null;
}

function toTotals(row: SumsRow): UsageTotals {
  return {
    requests: row.requests,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cacheReadTokens: row.cache_read_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    totalTokens: row.total_tokens,
    costMicroUsd: row.cost_micro_usd,
  };
}
