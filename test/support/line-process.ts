/** A child process whose standard output is awaited line by line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export class LineProcess {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly #ended: Promise<void>;
  #waiters: { readonly matches: (line: string) => boolean; readonly resolve: (line: string) => void }[] = [];

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const { stdout } = this.child;
    if (stdout === null) throw new Error('the child has no standard output');
    const reader = createInterface({ input: stdout });
    reader.on('line', (line) => this.#take(line));
    this.#ended = Promise.all([once(this.child, 'exit'), once(reader, 'close')]).then(() => {});
  }

  /** The process id. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The first line, printed before or after the call, that matches; rejects when the process ends without it. */
  waitForLine(matches: (line: string) => boolean): Promise<string> {
    const known = this.lines.find(matches);
    if (known !== undefined) return Promise.resolve(known);
    const line = new Promise<string>((resolve) => this.#waiters.push({ matches, resolve }));
    const ended = this.#ended.then(() => {
      throw new Error(`the process ended; it had printed: ${this.lines.slice(-5).join(' | ')}`);
    });
    return Promise.race([line, ended]);
  }

  /** Ends the process without giving it a chance to react, and waits until it is gone. */
  async killHard(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }

  #take(line: string): void {
    this.lines.push(line);
    for (const waiter of this.#waiters.filter(({ matches }) => matches(line))) waiter.resolve(line);
    this.#waiters = this.#waiters.filter(({ matches }) => !matches(line));
  }
}
