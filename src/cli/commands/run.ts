/**
 * `microclaw run -p <text>`: one turn, its answer on stdout. While a server runs on the same data directory the turn
 * runs there, because only one process may own the database; the conversation is the same one.
 */
import { layoutOf } from '../../app/data-layout.ts';
import { type RunOnceResult, type RunQuestion, runOnce } from '../../app/run-once.ts';
import { errorMessage } from '../../core/errors.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { loadSettings, type Settings } from '../load-settings.ts';
import { harmlessText } from '../plain-text.ts';
import { answerQuestion } from '../run-answers.ts';
import { runOnServer } from '../run-on-server.ts';
import { VERSION } from '../version.ts';

export interface RunCommandOptions {
  readonly prompt: string;
  readonly session: string;
  /** Print one line of JSON instead of the bare answer. */
  readonly json: boolean;
  /** Approve calls that are asked about for nothing but their tool's risk. */
  readonly approveTools: boolean;
}

/** Exit code 0 with an answer, 1 without. Raises `MC_CLI_EMPTY_PROMPT`. */
export async function runCommand(context: CommandContext, options: RunCommandOptions): Promise<number> {
  if (options.prompt.trim() === '') throw cliErrors.create('EMPTY_PROMPT', 'there is nothing to ask');
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    const settings = await loadSettings(context);
    const result = await runTurn(context, settings, options, stop.signal);
    print(context, options, result);
    return result.ok ? EXIT.ok : EXIT.failure;
  } catch (error) {
    // Whoever reads JSON gets some, whatever happened; stderr has the hint.
    if (options.json) print(context, options, { ok: false, error: errorMessage(error), chatId: 0 });
    throw error;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

async function runTurn(
  context: CommandContext,
  settings: Settings,
  options: RunCommandOptions,
  signal: AbortSignal,
): Promise<RunOnceResult> {
  const { controlSocket } = layoutOf(settings.config);
  const answer = (question: RunQuestion, untilOver: AbortSignal) =>
    answerQuestion(context, options, question, untilOver);
  const { prompt, session: sessionName } = options;
  const remote = await runOnServer(controlSocket, { prompt, sessionName, answer, signal });
  if (remote !== undefined) return remote;
  return await runOnce({
    ...settings,
    env: context.env,
    version: VERSION,
    prompt,
    sessionName,
    answer,
    signal,
  });
}

function print(context: CommandContext, { json }: RunCommandOptions, result: RunOnceResult): void {
  if (json) {
    const { chatId, ...rest } = result;
    context.out(`${JSON.stringify({ ...rest, chat_id: chatId })}\n`);
  } else if (result.ok) {
    // What a page or a file said to the terminal stands in the answer, when the model repeats it.
    context.out(`${context.showsResults === true ? harmlessText(result.response) : result.response}\n`);
  } else context.err(`Error: ${harmlessText(result.error)}\n`);
}
