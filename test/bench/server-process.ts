/** Servers as processes of their own, with what the operating system knows about them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 2;
const START_LIMIT_MS = 20_000;
const BYTES_PER_KIB = 1024;

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Answers with 200 when the server is ready. */
  readonly healthUrl: string;
}

export class ServerProcess {
  readonly child: ChildProcess;
  /** From the start of the process to the first good answer. */
  readonly startMs: number;
  readonly #output: () => string;

  private constructor(child: ChildProcess, startMs: number, output: () => string) {
    this.child = child;
    this.startMs = startMs;
    this.#output = output;
  }

  /** Rejects with the output of a server that ends or does not become ready. */
  static async start({ command, args, cwd, env, healthUrl }: ServerCommand): Promise<ServerProcess> {
    const startedAt = performance.now();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-20_000);
      });
    }
    while (!(await answers(healthUrl))) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output}`);
      if (performance.now() - startedAt > START_LIMIT_MS)
        throw new Error(`the server is not ready:\n${output}`);
      await delay(POLL_MS);
    }
    return new ServerProcess(child, performance.now() - startedAt, () => output);
  }

  /** The output once it matches; a healthy server may not have printed yet that it is ready. */
  async outputMatching(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#output())) {
      if (this.child.exitCode !== null) throw new Error(`the server ended:\n${this.#output()}`);
      await delay(POLL_MS);
    }
    return this.#output();
  }

  /** Resident memory in bytes. Linux only. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * BYTES_PER_KIB;
  }

  /** SIGTERM, and wait. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}

/** Asks only once somebody listens: knocking costs next to nothing, so that waiting does not slow down the start. */
async function answers(url: string): Promise<boolean> {
  if (!(await listens(url))) return false;
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => resolve(false)); // not listening yet
  });
}

function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false)); // not listening yet
  });
}
