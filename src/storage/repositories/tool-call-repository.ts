/**
 * Every tool call of every turn. A row in state `started` without a result is what tells recovery that an effect may
 * or may not have happened.
 */
import type { Selectable } from 'kysely';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { prepareStatement, type ValueOf } from '../prepared-statement.ts';
import type { ToolCallsTable } from '../schema.ts';
import type { Storage, WriteStatement } from '../storage.ts';

export interface ToolCallRecord {
  readonly runId: string;
  readonly toolUseId: string;
  readonly name: string;
  readonly inputJson: string;
  readonly summary: string;
  readonly concurrency: string;
  readonly state: 'started' | 'finished';
  readonly output: string | null;
  readonly isError: boolean;
  readonly statusCode: number | null;
  readonly errorType: string | null;
  readonly bytes: number | null;
  readonly durationMs: number | null;
  readonly artifactId: string | null;
  readonly metadataJson: string | null;
  readonly untrustedSource: string | null;
  readonly startedAt: string;
}

export interface NewToolCall {
  readonly runId: string;
  readonly chatId: number;
  readonly toolUseId: string;
  /** Position among the calls of the run, from 0. */
  readonly ordinal: number;
  readonly name: string;
  readonly inputJson: string;
  readonly summary: string;
  readonly concurrency: string;
}

export interface ToolCallEnd {
  readonly output: string;
  readonly isError: boolean;
  readonly statusCode: number;
  readonly errorType: string | null;
  readonly bytes: number;
  readonly durationMs: number;
  readonly artifactId: string | null;
  readonly metadataJson: string | null;
  /** Where content of strangers in the result came from. */
  readonly untrustedSource: string | null;
}

export class ToolCallRepository {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #statements: ToolCallStatements;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
    this.#statements = toolCallStatements(storage);
  }

  /**
   * Records that a call is about to have its effect. Resolves once that is flushed to disk, and everything the turn
   * wrote before with it: otherwise a power failure could leave the effect behind and take the record of it, and the
   * next start would have it done again.
   */
  async started(call: NewToolCall): Promise<void> {
    await this.#storage.write([this.#statements.start(this.#startedRow(call))], { durability: 'full' });
  }

  /** Records a result; also for a call that was never recorded as started. */
  async finished(call: NewToolCall, end: ToolCallEnd): Promise<void> {
    await this.#storage.write([this.finishedStatement(call, end)]);
  }

  finishedStatement(call: NewToolCall, end: ToolCallEnd): WriteStatement {
    return this.#statements.finish({
      ...this.#startedRow(call),
      output: end.output,
      is_error: end.isError ? 1 : 0,
      status_code: end.statusCode,
      error_type: end.errorType,
      bytes: end.bytes,
      duration_ms: Math.round(end.durationMs),
      artifact_id: end.artifactId,
      metadata_json: end.metadataJson,
      untrusted_source: end.untrustedSource,
      finished_at: formatTimestamp(this.#clock.now()),
    });
  }

  /** Calls of the given runs, in the model's order within each run. */
  async listByRuns(runIds: readonly string[]): Promise<readonly ToolCallRecord[]> {
    if (runIds.length === 0) return [];
    const rows = await this.#storage.db
      .selectFrom('tool_calls')
      .selectAll()
      .where('run_id', 'in', [...runIds])
      .orderBy('run_id')
      .orderBy('ordinal')
      .execute();
    return rows.map(toToolCallRecord);
  }

  #startedRow(call: NewToolCall): StartedRow {
    return {
      run_id: call.runId,
      chat_id: call.chatId,
      tool_use_id: call.toolUseId,
      ordinal: call.ordinal,
      name: call.name,
      input_json: call.inputJson,
      summary: call.summary,
      concurrency: call.concurrency,
      started_at: formatTimestamp(this.#clock.now()),
    };
  }
}

type StartedRow = Readonly<
  Record<'run_id' | 'tool_use_id' | 'name' | 'input_json' | 'summary' | 'concurrency' | 'started_at', string>
> & { readonly chat_id: number; readonly ordinal: number };

type FinishedRow = StartedRow & {
  readonly output: string;
  readonly is_error: number;
  readonly status_code: number;
  readonly error_type: string | null;
  readonly bytes: number;
  readonly duration_ms: number;
  readonly artifact_id: string | null;
  readonly metadata_json: string | null;
  readonly untrusted_source: string | null;
  readonly finished_at: string;
};

type ToolCallStatements = ReturnType<typeof toolCallStatements>;

function toolCallStatements({ db }: Storage) {
  return {
    start: prepareStatement<StartedRow>((value) =>
      db
        .insertInto('tool_calls')
        .values({ ...startedValues(value), state: 'started' })
        .onConflict((conflict) => conflict.columns(['run_id', 'tool_use_id']).doNothing()),
    ),
    finish: prepareStatement<FinishedRow>((value) => {
      const result = {
        state: 'finished',
        output: value('output'),
        is_error: value('is_error'),
        status_code: value('status_code'),
        error_type: value('error_type'),
        bytes: value('bytes'),
        duration_ms: value('duration_ms'),
        artifact_id: value('artifact_id'),
        metadata_json: value('metadata_json'),
        untrusted_source: value('untrusted_source'),
        finished_at: value('finished_at'),
      };
      return db
        .insertInto('tool_calls')
        .values({ ...startedValues(value), ...result })
        .onConflict((conflict) => conflict.columns(['run_id', 'tool_use_id']).doUpdateSet(result));
    }),
  };
}

function startedValues(value: ValueOf<StartedRow>): StartedRow {
  return {
    run_id: value('run_id'),
    chat_id: value('chat_id'),
    tool_use_id: value('tool_use_id'),
    ordinal: value('ordinal'),
    name: value('name'),
    input_json: value('input_json'),
    summary: value('summary'),
    concurrency: value('concurrency'),
    started_at: value('started_at'),
  };
}

function toToolCallRecord(row: Selectable<ToolCallsTable>): ToolCallRecord {
  return {
    runId: row.run_id,
    toolUseId: row.tool_use_id,
    name: row.name,
    inputJson: row.input_json,
    summary: row.summary,
    concurrency: row.concurrency,
    state: row.state === 'finished' ? 'finished' : 'started',
    output: row.output,
    isError: row.is_error === 1,
    statusCode: row.status_code,
    errorType: row.error_type,
    bytes: row.bytes,
    durationMs: row.duration_ms,
    artifactId: row.artifact_id,
    metadataJson: row.metadata_json,
    untrustedSource: row.untrusted_source,
    startedAt: row.started_at,
  };
}
