/** Asks the person at the terminal. Questions go to stderr, because stdout is for results. */

import { isatty } from 'node:tty';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

export interface Terminal {
  /**
   * One line of answer, `undefined` at the end of input. Rejects with the signal's reason; Ctrl-C while the question
   * stands reaches the process as SIGINT, as it does otherwise.
   */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
}

/** Whether stdout is a terminal. */
export function isResultTerminal(): boolean {
  return isatty(STDOUT);
}

/** The terminal of this process; `undefined` when either end of it is a file or a pipe. */
export function processTerminal(): Terminal | undefined {
  // Asked of the descriptors: touching the streams would open them, in every command and in the server.
  if (!isatty(STDIN) || !isatty(STDERR)) return undefined;
  return {
    async ask(question, signal) {
      const { createInterface } = await import('node:readline');
      const { stdin, stderr } = process;
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await new Promise<string | undefined>((resolve, reject) => {
          lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
          lines.once('close', () => resolve(undefined));
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          lines.question(question, resolve);
        });
      } finally {
        lines.close();
      }
    },
  };
}
