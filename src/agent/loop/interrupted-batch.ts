/**
 * What a restart finds of the last batch of tool calls of a turn (agent-runtime §15).
 *
 * Invariants: a recorded result is never produced again; a call that may have had an effect and has no recorded result
 * is never repeated; read-only calls and calls that had not begun may run.
 */
import type { ToolResultBlock } from '../../llm/message.ts';
import type { ToolCallRecord } from '../../storage/repositories/tool-call-repository.ts';
import type { ToolExecutor } from '../../tools/executor-port.ts';
import type { ToolCall } from '../../tools/tool-call.ts';
import type { Conversation } from './conversation.ts';
import { CALL_NOT_RUN, CALL_UNCERTAIN } from './fixed-texts.ts';
import { toolCallsOf } from './unique-tool-ids.ts';

export type InterruptedBatch =
  /** Every call of the session has its result. */
  | { readonly kind: 'none' }
  /** The batch can be finished: `known` holds the recorded results. */
  | {
      readonly kind: 'resumable';
      readonly calls: readonly ToolCall[];
      readonly known: ReadonlyMap<string, ToolResultBlock>;
    }
  /** The outcome of at least one call is unknown. */
  | {
      readonly kind: 'uncertain';
      readonly blocks: readonly ToolResultBlock[];
      readonly doubtful: readonly { readonly label: string; readonly summary: string }[];
    };

export function inspectInterruptedBatch(
  conversation: Conversation,
  records: readonly ToolCallRecord[],
  executor: ToolExecutor,
): InterruptedBatch {
  const last = conversation.entries.at(-1);
  const calls = last?.role === 'assistant' ? toolCallsOf(last.content) : [];
  if (calls.length === 0) return { kind: 'none' };
  const recordById = new Map(records.map((record) => [record.toolUseId, record]));
  const known = new Map<string, ToolResultBlock>();
  const doubtful: ToolCallRecord[] = [];
  for (const call of calls) {
    const record = recordById.get(call.toolUseId);
    if (record?.state === 'finished') known.set(call.toolUseId, recordedResult(record));
    else if (record !== undefined && record.concurrency !== 'read_only') doubtful.push(record);
  }
  if (doubtful.length === 0) return { kind: 'resumable', calls, known };
  const doubtfulIds = new Set(doubtful.map((record) => record.toolUseId));
  return {
    kind: 'uncertain',
    blocks: calls.map(
      (call) => known.get(call.toolUseId) ?? missingResult(call.toolUseId, doubtfulIds.has(call.toolUseId)),
    ),
    doubtful: doubtful.map((record) => ({
      label: `${record.name}(${executor.describe(record.name)?.risk ?? 'unknown'})`,
      summary: record.summary === '' ? record.inputJson : record.summary,
    })),
  };
}

/** A result for every call of the batch, when the turn does not go on. */
export function closingBlocks(
  batch: Exclude<InterruptedBatch, { kind: 'none' }>,
): readonly ToolResultBlock[] {
  if (batch.kind === 'uncertain') return batch.blocks;
  return batch.calls.map((call) => batch.known.get(call.toolUseId) ?? missingResult(call.toolUseId, false));
}

function recordedResult(record: ToolCallRecord): ToolResultBlock {
  return {
    type: 'tool_result',
    tool_use_id: record.toolUseId,
    content: record.output ?? '',
    ...(record.isError ? { is_error: true } : {}),
  };
}

function missingResult(toolUseId: string, doubtful: boolean): ToolResultBlock {
  const content = doubtful ? CALL_UNCERTAIN : CALL_NOT_RUN;
  return { type: 'tool_result', tool_use_id: toolUseId, content, is_error: true };
}
