/**
 * Starts the real program as a process with its own empty home, and talks to it as a client would.
 *
 * Invariants: nothing outside the temporary home is read or written; the port is a free one; the process is ended by
 * `stop` (SIGTERM), `kill` (SIGKILL) or the test's clean-up, never by name.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');

export interface MicroclawHome {
  readonly dir: string;
  readonly dataDir: string;
  readonly configPath: string;
  dispose(): Promise<void>;
}

/**
 * An empty home with a config file. Unless given: port 0, a working directory of its own, and nobody is asked about
 * high-risk tools, so that a test of something else need not answer.
 */
export async function createHome(config: Readonly<Record<string, unknown>> = {}): Promise<MicroclawHome> {
  const dir = await mkdtemp(join(tmpdir(), 'microclaw-test-'));
  const dataDir = join(dir, 'data');
  const configPath = join(dir, 'microclaw.config.yaml');
  await writeFile(
    configPath,
    stringify({
      data_dir: dataDir,
      working_dir: join(dir, 'work'),
      web_port: 0,
      high_risk_tool_user_confirmation_required: false,
      ...config,
    }),
    { mode: 0o600 },
  );
  return {
    dir,
    dataDir,
    configPath,
    dispose: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The environment of a fresh user: no keys, no configuration, the test's home. */
export function cleanEnvironment(
  home: MicroclawHome,
  extra: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home.dir,
    LANG: 'C.UTF-8',
    MICROCLAW_CONFIG: home.configPath,
    ...extra,
  };
}

export interface RunningMicroclaw {
  readonly url: string;
  readonly bootstrapToken: string | undefined;
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything written to stderr so far. */
  log(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Script instead of the program's own entry, for fault injection. */
  readonly entry?: string;
}

const READY = /is ready: (http:\/\/\S+)/;
const BOOTSTRAP = /#bootstrap=(\S+)/;

/** Starts the program and waits until it says that it is ready. Rejects with its log when it ends before. */
export async function startMicroclaw(
  home: MicroclawHome,
  options: StartOptions = {},
): Promise<RunningMicroclaw> {
  const entry = options.entry ?? join(ROOT, 'dist/main.js');
  const child = spawn(process.execPath, [entry, 'start'], {
    cwd: home.dir,
    env: cleanEnvironment(home, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const url = await new Promise<string>((resolveReady, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      const match = READY.exec(output);
      if (match?.[1] !== undefined && output.endsWith('\n')) resolveReady(match[1]);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`microclaw ended with ${code ?? signal} before it was ready\n${output}${log}`)),
    );
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  return {
    url,
    bootstrapToken: BOOTSTRAP.exec(output)?.[1],
    pid: child.pid ?? -1,
    child,
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL');
    },
  };
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the program to its end. */
export async function runMicroclaw(
  home: MicroclawHome,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [join(ROOT, 'dist/main.js'), ...args], {
    cwd: home.dir,
    env: cleanEnvironment(home, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
