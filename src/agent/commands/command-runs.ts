/**
 * Answers slash commands as runs of their own: they never wait behind the chat's queue; the command text is not stored,
 * the answer is.
 */
import { errorMessage } from '../../core/errors.ts';
import type { IdSource } from '../../core/ids.ts';
import type { Logger } from '../../observability/logger.ts';
import type { TurnRepository } from '../../storage/turn-repository.ts';
import type { TurnRecorder } from '../loop/turn-recorder.ts';
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

export class CommandRuns {
  readonly #parts: CommandRunParts;

  constructor(parts: CommandRunParts) {
    this.#parts = parts;
  }

  isCommand(text: string): boolean {
    return this.#parts.dispatcher.isCommand(text);
  }

  /** Starts the command and returns its run at once. */
  start(request: TurnRequest): LiveRun {
    const { registry, ids } = this.#parts;
    const run = registry.create({
      runId: ids.uuid(),
      chatId: request.chat.chatId,
      sessionKey: request.sessionKey,
      actorId: request.actor.id,
      baseSeq: 0,
    });
    void this.#answer(request, run);
    return run;
  }

  async #answer(request: TurnRequest, run: LiveRun): Promise<void> {
    const { dispatcher, registry, controlChatIds, logger } = this.#parts;
    run.publish({ kind: 'started' });
    try {
      const response = await dispatcher.dispatch(request.text, {
        chat: request.chat,
        actor: request.actor,
        sessionKey: request.sessionKey,
        senderName: request.senderName,
        isControlChat: controlChatIds.has(request.chat.chatId),
      });
      await this.#record(run, response ?? '');
      run.publish({ kind: 'done', response: response ?? '' });
    } catch (error) {
      logger.error({ err: error, runId: run.runId }, 'command failed');
      run.publish({ kind: 'error', message: errorMessage(error), code: 'MC_AGENT_INTERNAL', hint: null });
    } finally {
      registry.retire(run);
    }
  }

  /** The chat may be gone (a command can delete it); then there is nothing to record. */
  async #record(run: LiveRun, response: string): Promise<void> {
    const { turns, recorder, logger } = this.#parts;
    const item = { runId: run.runId, chatId: run.chatId };
    try {
      await turns.recordEnded(
        run,
        {
          state: 'done',
          response,
          errorCode: null,
          errorMessage: null,
          errorHint: null,
          foldedInto: null,
          lastEventSeq: run.lastSeq + 1,
        },
        recorder.botMessage({ item }, response),
      );
    } catch (error) {
      logger.warn({ err: error, runId: run.runId }, 'command answer not recorded');
    }
  }
}
