/** What a command may touch of the process, so that commands can be tested without one. */
import type { Terminal } from './terminal.ts';

/** Passed to every command. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Value of `--config`, wherever it stood on the command line. */
  readonly configFlag: string | undefined;
  /** Results. Adds nothing. */
  out(text: string): void;
  /** Everything that is not a result. Adds nothing. */
  err(text: string): void;
  /** Absent when nobody sits at a terminal. */
  readonly terminal?: Terminal;
  /** Results are read at a terminal, which obeys what stands in them, and not by a program. */
  readonly showsResults?: boolean;
}

/** The numbers a command ends with. */
export const EXIT = {
  ok: 0,
  /** The command failed. */
  failure: 1,
  /** Wrong usage; or a check that could not be made or failed (`config check`, `doctor`). */
  usage: 2,
  /** `policy explain`: the call waits for a person. */
  asks: 3,
  /** `policy explain`: the call is refused. */
  blocked: 4,
} as const;
