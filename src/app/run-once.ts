/**
 * One turn without any surface: `microclaw run`. Same agent, same database, channel `headless`.
 *
 * Invariant: a call that waits for a person is put to whoever started the turn, and to nobody else: no other process
 * can reach the question.
 */
import { approvalErrors } from '../agent/approvals/errors.ts';
import type { TerminalEvent } from '../agent/turn-event.ts';
import { errorMessage } from '../core/errors.ts';
import type { ApprovalDecision } from '../storage/repositories/approval-repository.ts';
import { openRuntime, type Runtime, type RuntimeParts } from './build-runtime.ts';
import { LiveConfig } from './live-config.ts';
import { openDatabase } from './open-database.ts';

/** A tool call of the turn that waits for a person. */
export interface RunQuestion {
  readonly approvalId: string;
  readonly tool: string;
  /** The whole question as a text, with the answers 1, 2 and 3. */
  readonly card: string;
  readonly reasonCodes: readonly string[];
  readonly expiresAt: string;
}

export interface QuestionAnswer {
  readonly decision: ApprovalDecision;
  /** Passed on to the model when the call is denied. */
  readonly note?: string;
}

export interface RunOnceOptions extends Omit<RuntimeParts, 'database' | 'live'> {
  readonly prompt: string;
  /** Name of the headless session; `default` when absent. */
  readonly sessionName?: string | undefined;
  /** Stops the turn; it ends as aborted. */
  readonly signal: AbortSignal;
  /** Answers one question; may take as long as the question stands. */
  answer(question: RunQuestion, signal: AbortSignal): Promise<QuestionAnswer>;
}

export type RunOnceResult =
  | { readonly ok: true; readonly response: string; readonly chatId: number }
  | { readonly ok: false; readonly error: string; readonly chatId: number };

const SENDER = 'cli';
const CLOSE_GRACE_MS = 2000;

/** Rejects when the runtime cannot be built (`MC_STORAGE_LOCKED` while a server runs); a failed turn is a result. */
export async function runOnce(options: RunOnceOptions): Promise<RunOnceResult> {
  const { logger, prompt, signal } = options;
  const database = openDatabase(options.config);
  database.onProblem((error) => logger.error({ err: error }, 'database problem'));
  const runtime = await openRuntime({
    ...options,
    live: new LiveConfig(options.config, options.env),
    database,
  });
  try {
    const { chat, sessionKey } = await runtime.directory.ensureHeadless(options.sessionName ?? 'default');
    const { agent } = runtime;
    const { runId } = await agent.submit({
      chat,
      sessionKey,
      actor: { kind: 'local', id: SENDER },
      senderName: SENDER,
      text: prompt,
    });
    const onAbort = () =>
      void agent.abortRun(runId).catch((error: unknown) => {
        logger.error({ err: error, detail: errorMessage(error) }, 'the run could not be stopped');
      });
    signal.addEventListener('abort', onAbort, { once: true });
    const end = await untilEnd(runtime, runId, options);
    signal.removeEventListener('abort', onAbort);
    if (end.kind === 'done') return { ok: true, response: end.response, chatId: chat.chatId };
    const error = end.kind === 'error' ? end.message : 'Current run aborted.';
    return { ok: false, error, chatId: chat.chatId };
  } finally {
    await runtime.close(CLOSE_GRACE_MS);
  }
}

/** Follows the run through its questions. */
async function untilEnd(
  { agent, approvals, presenter, repositories }: Runtime,
  runId: string,
  { answer, signal }: Pick<RunOnceOptions, 'answer' | 'signal'>,
): Promise<TerminalEvent> {
  for (;;) {
    const pause = await agent.waitForPause(runId);
    if (pause.kind === 'ended') return pause.end;
    const record = await repositories.approvals.find(pause.approvalId);
    if (record === undefined || record.state !== 'pending') continue; // decided meanwhile: the run goes on
    const { approvalId, tool, expiresAt } = record;
    const card = presenter.card(record);
    const reasonCodes = presenter.reasonCodes(record);
    try {
      const { decision, note = null } = await answer(
        { approvalId, tool, card, reasonCodes, expiresAt },
        signal,
      );
      await approvals.answer(approvalId, { decision, note, answeredBy: SENDER });
    } catch (error) {
      if (signal.aborted) return await agent.waitForEnd(runId);
      if (!approvalErrors.is(error, 'CLOSED')) throw error; // its time was over: the run goes on with that
    }
  }
}
