/**
 * The tool calls of one answer: guards, execution, and the record of every call before and after it ran.
 *
 * Invariants: a call that can have an effect is recorded as started before it starts, and its result is recorded
 * before the next call begins; results keep the order of the calls.
 */
import type { JsonObject } from '../../core/json.ts';
import { isRecord } from '../../core/json.ts';
import { sliceCodePoints } from '../../core/text.ts';
import type { ToolResultBlock } from '../../llm/message.ts';
import type {
  NewToolCall,
  ToolCallEnd,
  ToolCallRepository,
} from '../../storage/repositories/tool-call-repository.ts';
import type { ToolExecutor, ToolObserver } from '../../tools/executor-port.ts';
import type { StartedCall, ToolCall, ToolCallResult } from '../../tools/tool-call.ts';
import type { WaitingRoom } from '../../tools/waiting-room.ts';
import { isShuttingDown } from '../turn-stop.ts';
import type { ActiveTurn } from './active-turn.ts';
import { CALL_INTERRUPTED, CALL_NOT_RUN } from './fixed-texts.ts';
import type { TurnProgress } from './turn-progress.ts';

const PREVIEW_CHARS = 160;

/** What observers have seen of the calls of one answer. */
interface CallJournal {
  readonly started: Map<string, StartedCall>;
  /** Calls whose start was shown, because they waited for a person first. */
  readonly shown: Set<string>;
  readonly finished: Map<string, ToolCallResult>;
  readonly ordinals: ReadonlyMap<string, number>;
}

export interface ToolStepResult {
  readonly blocks: readonly ToolResultBlock[];
  /** True when the turn was stopped before every call had ended; the blocks say so for the calls concerned. */
  readonly interrupted: boolean;
}

export class ToolStep {
  readonly #executor: ToolExecutor;
  readonly #toolCalls: ToolCallRepository;
  readonly #controlChatIds: ReadonlySet<number>;

  constructor(executor: ToolExecutor, toolCalls: ToolCallRepository, controlChatIds: ReadonlySet<number>) {
    this.#executor = executor;
    this.#toolCalls = toolCalls;
    this.#controlChatIds = controlChatIds;
  }

  /**
   * Runs the calls. `known` holds results of an earlier process; those calls are not run again.
   */
  async run(
    turn: ActiveTurn,
    calls: readonly ToolCall[],
    progress: TurnProgress,
    known: ReadonlyMap<string, ToolResultBlock> = new Map(),
  ): Promise<ToolStepResult> {
    const journal = newJournal(calls, progress);
    const refused = new Map<string, ToolResultBlock>();
    const runnable: ToolCall[] = [];
    for (const call of calls) {
      if (known.has(call.toolUseId)) continue;
      const refusal = progress.guard.refusalFor(call);
      if (refusal === undefined) runnable.push(call);
      else refused.set(call.toolUseId, await this.#refuse(turn, call, refusal, journal));
    }
    const interrupted = await this.#execute(turn, runnable, journal, progress.iteration);
    const blocks = calls.map(
      (call) =>
        known.get(call.toolUseId) ??
        refused.get(call.toolUseId) ??
        this.#resultBlock(call, journal, progress),
    );
    return { blocks, interrupted };
  }

  /** True when the turn was stopped while calls were running or waiting. */
  async #execute(
    turn: ActiveTurn,
    calls: readonly ToolCall[],
    journal: CallJournal,
    iteration: number,
  ): Promise<boolean> {
    const scope = {
      runId: turn.item.runId,
      chat: turn.chat,
      actor: turn.actor,
      principal: turn.item.principal,
      isControlChat: this.#controlChatIds.has(turn.chat.chatId),
      signal: turn.controller.signal,
      iteration,
    };
    try {
      await this.#executor.execute(calls, scope, this.#observer(turn, calls, journal));
      return false;
    } catch (error) {
      if (!turn.controller.signal.aborted) throw error;
      return true;
    }
  }

  #observer(turn: ActiveTurn, calls: readonly ToolCall[], journal: CallJournal): ToolObserver {
    const callsById = new Map(calls.map((call) => [call.toolUseId, call]));
    return {
      started: async (started) => {
        journal.started.set(started.toolUseId, started);
        if (started.concurrency !== 'read_only') {
          await this.#toolCalls.started(newToolCall(turn, started, journal, started.concurrency));
        }
        if (!journal.shown.has(started.toolUseId)) publishStart(turn, started);
      },
      progress: (toolUseId, chunk) => turn.run.publish({ kind: 'tool_progress', toolUseId, chunk }),
      finished: async (result) => {
        const call = callsById.get(result.toolUseId);
        const started = journal.started.get(result.toolUseId);
        const shown = started ?? {
          toolUseId: result.toolUseId,
          name: result.name,
          input: this.#executor.redactInput(call?.input ?? {}),
          summary: '',
        };
        // The shutdown cut the call off. Without a result the next process repeats a read-only call and asks about one
        // that may have had an effect.
        if (result.isError && isShuttingDown(turn.controller.signal)) return;
        if (started === undefined && !journal.shown.has(result.toolUseId)) publishStart(turn, shown);
        journal.finished.set(result.toolUseId, result);
        await this.#toolCalls.finished(
          newToolCall(turn, shown, journal, started?.concurrency ?? 'read_only'),
          toEnd(result),
        );
        publishResult(turn, result);
      },
      room: waitingRoom(turn, journal),
    };
  }

  async #refuse(
    turn: ActiveTurn,
    call: ToolCall,
    content: string,
    journal: CallJournal,
  ): Promise<ToolResultBlock> {
    const input = this.#executor.redactInput(call.input);
    const shown = { toolUseId: call.toolUseId, name: call.name, input, summary: '' };
    const result: ToolCallResult = {
      toolUseId: call.toolUseId,
      name: call.name,
      content,
      isError: true,
      statusCode: 1,
      bytes: Buffer.byteLength(content),
      durationMs: 0,
      errorType: 'duplicate_call',
      ran: false,
    };
    await this.#toolCalls.finished(newToolCall(turn, shown, journal, 'read_only'), toEnd(result));
    publishStart(turn, shown);
    publishResult(turn, result);
    return toBlock(call.toolUseId, content, true);
  }

  #resultBlock(call: ToolCall, journal: CallJournal, progress: TurnProgress): ToolResultBlock {
    const result = journal.finished.get(call.toolUseId);
    if (result === undefined) {
      const started = journal.started.has(call.toolUseId);
      return toBlock(call.toolUseId, started ? CALL_INTERRUPTED : CALL_NOT_RUN, true);
    }
    const idempotent = this.#executor.describe(call.name)?.idempotent ?? false;
    const warning = progress.guard.warningFor(call, result, idempotent);
    const content = warning === undefined ? result.content : `${result.content}\n\n${warning}`;
    return toBlock(call.toolUseId, content, result.isError);
  }
}

function newJournal(calls: readonly ToolCall[], progress: TurnProgress): CallJournal {
  const first = progress.nextOrdinal;
  progress.nextOrdinal += calls.length;
  return {
    started: new Map(),
    shown: new Set(),
    finished: new Map(),
    ordinals: new Map(calls.map((call, index) => [call.toolUseId, first + index])),
  };
}

function waitingRoom(turn: ActiveTurn, journal: CallJournal): WaitingRoom {
  return {
    asked: (question) => {
      const { toolUseId, tool: name, input, summary } = question;
      if (!journal.shown.has(toolUseId)) publishStart(turn, { toolUseId, name, input, summary });
      journal.shown.add(toolUseId);
      turn.run.publish({ kind: 'approval_required', ...question });
    },
    askedAgain: (question, message) => {
      turn.run.publish({ kind: 'notice', code: 'reply_not_counted', message });
      turn.run.publish({ kind: 'approval_required', ...question });
    },
    resolved: (resolution) => turn.run.publish({ kind: 'approval_resolved', ...resolution }),
    during: (wait) => turn.pause.during(turn.controller.signal, wait),
  };
}

function toBlock(toolUseId: string, content: string, isError: boolean): ToolResultBlock {
  return { type: 'tool_result', tool_use_id: toolUseId, content, ...(isError ? { is_error: true } : {}) };
}

interface ShownCall {
  readonly toolUseId: string;
  readonly name: string;
  readonly input: JsonObject;
  readonly summary: string;
}

function newToolCall(
  turn: ActiveTurn,
  call: ShownCall,
  journal: CallJournal,
  concurrency: string,
): NewToolCall {
  return {
    runId: turn.item.runId,
    chatId: turn.item.chatId,
    toolUseId: call.toolUseId,
    ordinal: journal.ordinals.get(call.toolUseId) ?? 0,
    name: call.name,
    inputJson: JSON.stringify(call.input),
    summary: call.summary,
    concurrency,
  };
}

function toEnd(result: ToolCallResult): ToolCallEnd {
  return {
    output: result.content,
    isError: result.isError,
    statusCode: result.statusCode,
    errorType: result.errorType ?? null,
    bytes: result.bytes,
    durationMs: result.durationMs,
    artifactId: result.artifactId ?? null,
    metadataJson: result.metadata === undefined ? null : JSON.stringify(result.metadata),
    untrustedSource: result.untrustedSource ?? null,
  };
}

function publishStart(turn: ActiveTurn, call: ShownCall): void {
  turn.run.publish({
    kind: 'tool_start',
    toolUseId: call.toolUseId,
    name: call.name,
    input: call.input,
    summary: call.summary,
  });
}

function publishResult(turn: ActiveTurn, result: ToolCallResult): void {
  turn.run.publish({
    kind: 'tool_result',
    toolUseId: result.toolUseId,
    name: result.name,
    isError: result.isError,
    preview: sliceCodePoints(result.content, 0, PREVIEW_CHARS),
    output: result.content,
    durationMs: Math.round(result.durationMs),
    statusCode: result.statusCode,
    bytes: result.bytes,
    errorType: result.errorType ?? null,
    artifactId: result.artifactId ?? null,
  });
  const diff = result.metadata?.file_diff;
  if (!isRecord(diff) || typeof diff.path !== 'string' || typeof diff.diff !== 'string') return;
  turn.run.publish({
    kind: 'file_diff',
    path: diff.path,
    diff: diff.diff,
    added: Number(diff.added ?? 0),
    removed: Number(diff.removed ?? 0),
    truncated: diff.truncated === true,
  });
}
