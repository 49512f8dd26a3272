/**
 * Answers slash commands as runs of their own: they never wait behind the chat's queue; the command text is not stored,
 * the answer is, also when it is an error; a command that is sent again is not carried out again while its run is
 * remembered.
 */
import type { IdSource } from '../../core/ids.ts';
import type { Logger } from '../../observability/logger.ts';
import type { TurnRepository } from '../../storage/repositories/turn-repository.ts';
import { errorOutcome, toShownError } from '../loop/turn-failure.ts';
import type { TurnOutcome, TurnRecorder } from '../loop/turn-recorder.ts';
import { publishEnd } from '../loop/turn-runner.ts';
import { untilAborted } from '../loop/until-aborted.ts';
import type { LiveRun } from '../runs/live-run.ts';
import type { RunRegistry } from '../runs/run-registry.ts';
import type { TurnRequest } from '../turn-service-port.ts';
import type { CommandDispatcher } from './command-dispatcher.ts';

export interface CommandRunParts {
  readonly dispatcher: CommandDispatcher;
  readonly registry: RunRegistry;
  readonly turns: TurnRepository;
  readonly recorder: TurnRecorder;
  readonly controlChatIds: ReadonlySet<number>;
  readonly ids: IdSource;
  readonly logger: Logger;
}

export interface StartedCommand {
  readonly run: LiveRun;
  /** The message had come before: `run` is the one it started then. */
  readonly duplicate: boolean;
}

export class CommandRuns {
  readonly #parts: CommandRunParts;
  readonly #running = new Set<Promise<void>>();
  /** Run ids by chat and message id, the oldest first, for as long as the registry holds the runs. */
  readonly #runOfMessage = new Map<string, string>();

  constructor(parts: CommandRunParts) {
    this.#parts = parts;
  }

  isCommand(text: string): boolean {
    return this.#parts.dispatcher.isCommand(text);
  }

  /** Starts the command and returns its run at once. */
  start(request: TurnRequest): StartedCommand {
    const { registry, ids } = this.#parts;
    const known = this.#findRepeated(request);
    if (known !== undefined) return { run: known, duplicate: true };
    const run = registry.create({
      runId: ids.rowId(),
      chatId: request.chat.chatId,
      sessionKey: request.sessionKey,
      actorId: request.actor.id,
      baseSeq: 0,
    });
    const answering = this.#answer(request, run).finally(() => this.#running.delete(answering));
    this.#running.add(answering);
    this.#remember(request, run);
    return { run, duplicate: false };
  }

  #findRepeated(request: TurnRequest): LiveRun | undefined {
    const message = messageKey(request);
    const runId = message === undefined ? undefined : this.#runOfMessage.get(message);
    return runId === undefined ? undefined : this.#parts.registry.find(runId);
  }

  #remember(request: TurnRequest, run: LiveRun): void {
    const message = messageKey(request);
    if (message === undefined) return;
    for (const [other, runId] of this.#runOfMessage) {
      if (this.#parts.registry.find(runId) !== undefined) break;
      this.#runOfMessage.delete(other);
    }
    this.#runOfMessage.delete(message);
    this.#runOfMessage.set(message, run.runId);
  }

  /** Resolves when no command runs, or when the signal is aborted. */
  async drained(signal: AbortSignal): Promise<void> {
    while (this.#running.size > 0 && !signal.aborted) {
      const ended = untilAborted(signal, Promise.all(this.#running));
      await ended.catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  /** Does not reject. */
  async #answer(request: TurnRequest, run: LiveRun): Promise<void> {
    run.publish({ kind: 'started' });
    const outcome = await this.#run(request, run);
    await this.#record(run, outcome);
    publishEnd({ run }, outcome);
    this.#parts.registry.retire(run);
  }

  async #run(request: TurnRequest, run: LiveRun): Promise<TurnOutcome> {
    const { dispatcher, controlChatIds } = this.#parts;
    try {
      const answer = await dispatcher.dispatch(request.text, {
        chat: request.chat,
        actor: request.actor,
        sessionKey: request.sessionKey,
        senderName: request.senderName,
        isControlChat: controlChatIds.has(request.chat.chatId),
        ...(request.mayApprove === undefined ? {} : { mayApprove: request.mayApprove }),
      });
      const text = answer ?? '';
      return { state: 'done', response: text, transcript: text, entries: [], extra: [] };
    } catch (error) {
      return errorOutcome(toShownError(error, run, this.#parts));
    }
  }

  /** The chat may be gone (a command can delete it); then there is nothing to record. */
  async #record(run: LiveRun, outcome: TurnOutcome): Promise<void> {
    const { turns, recorder, logger } = this.#parts;
    try {
      await turns.recordEnded(
        run,
        recorder.endOf({ run }, outcome),
        recorder.botMessage({ item: run }, outcome.transcript),
      );
    } catch (error) {
      logger.warn({ err: error, runId: run.runId }, 'command answer not recorded');
    }
  }
}

function messageKey({ chat, platformMessageId }: TurnRequest): string | undefined {
  return platformMessageId === undefined ? undefined : `${chat.chatId}:${platformMessageId}`;
}
