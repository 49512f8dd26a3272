/** One turn without any surface: `microclaw run`. Same agent, same database, channel `headless`. */
import { errorMessage } from '../core/errors.ts';
import { buildRuntime, type RuntimeParts } from './build-runtime.ts';
import { openDatabase } from './open-database.ts';

export interface RunOnceOptions extends Omit<RuntimeParts, 'database'> {
  readonly prompt: string;
  /** Name of the headless session; `default` when absent. */
  readonly sessionName?: string | undefined;
  /** Stops the turn; it ends as aborted. */
  readonly signal: AbortSignal;
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
  const runtime = await buildRuntime({ ...options, database });
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
    const end = await agent.waitForEnd(runId);
    signal.removeEventListener('abort', onAbort);
    if (end.kind === 'done') return { ok: true, response: end.response, chatId: chat.chatId };
    const error = end.kind === 'error' ? end.message : 'Current run aborted.';
    return { ok: false, error, chatId: chat.chatId };
  } finally {
    await runtime.close(CLOSE_GRACE_MS);
  }
}
