/**
 * Running shell commands, wherever they run (host, bubblewrap, container).
 *
 * Invariants every runner keeps: the promise settles only when no process of the command is left that the runner can
 * reach; output is bounded in memory; nothing of the program's own environment reaches the command unless `env` has
 * it; a failure is a value, never a throw.
 */
import type { TextFilter } from '../security/redaction/secret.ts';

export interface CommandRequest {
  /** Shell source. */
  readonly command: string;
  readonly cwd: string;
  /** The command's complete environment, apart from what the runner itself must set. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the command: TERM to its whole group, then KILL. */
  readonly signal: AbortSignal;
  /** Bytes kept per stream, half from its beginning and half from its end. */
  readonly maxOutputBytes?: number;
  /** Applied to each stream before anything is kept or shown. */
  readonly createFilter?: () => TextFilter;
  /** Live output, filtered, both streams in order of arrival. */
  onOutput?(chunk: string): void;
}

/** One stream of a command, shortened in the middle when it was long. */
export interface CapturedOutput {
  readonly text: string;
  /** Bytes left out of `text`. */
  readonly droppedBytes: number;
}

export interface CommandExit {
  readonly kind: 'ended';
  /** `null` when a signal ended the shell. */
  readonly exitCode: number | null;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  /** The request's signal ended the command. */
  readonly interrupted: boolean;
}

export type CommandResult = CommandExit | { readonly kind: 'spawn_failed'; readonly message: string };

export interface CommandRunner {
  run(request: CommandRequest): Promise<CommandResult>;
}
