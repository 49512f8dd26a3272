/**
 * Runs the command of one hook: input on stdin, output from stdout, in its own process group.
 *
 * Invariants: the answer comes within the time limit plus the time a kill takes, whether or not the hook reads its
 * input or closes its output; when it comes, no process of the hook is left that can be reached; memory is bounded;
 * a failure is a value. A hook that does not read its input has not failed.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Clock } from '../core/clock.ts';
import { errorMessage } from '../core/errors.ts';
import type { IdSource } from '../core/ids.ts';

export interface HookProcessRequest {
  /** Shell source. */
  readonly command: string;
  readonly cwd: string;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed. */
  readonly input: string;
  readonly timeoutMs: number;
  /** More bytes than these on stdout end the hook. */
  readonly maxOutputBytes: number;
  /** Ends the hook. */
  readonly signal: AbortSignal;
}

export type HookExit =
  | {
      readonly kind: 'exited';
      /** `null` when a signal ended the shell. */
      readonly exitCode: number | null;
      readonly stdout: string;
      /** The last part of it. */
      readonly stderr: string;
    }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'too_much_output' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'not_started'; readonly message: string };

/** Never rejects. */
export type RunHookProcess = (request: HookProcessRequest) => Promise<HookExit>;

export interface HookProcessParts {
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Kills what is left of a process group and resolves when it is gone. */
  endGroup(groupId: number): Promise<void>;
  /** Kills processes with this variable (`NAME=value`) in their environment that left the group. */
  killStrays(variable: string, afterId: number): Promise<void>;
}

/** Tells the processes of one hook from all others. */
const MARKER_NAME = 'MICROCLAW_HOOK_ID';
/** How long output may still arrive after the shell has exited. */
const DRAIN_MS = 200;
/** How long a killed process may take to be gone. */
const REAP_MS = 2000;
const MAX_STDERR_BYTES = 2048;

/** The runner of hook processes. */
export function createHookProcess(parts: HookProcessParts): RunHookProcess {
  return async (request) => {
    if (request.signal.aborted) return { kind: 'stopped' };
    const marker = parts.ids.hex(12);
    try {
      const child = startShell(request, marker);
      if (child.pid === undefined) throw (await once(child, 'error'))[0];
      return await follow(child, child.pid, request, { ...parts, variable: `${MARKER_NAME}=${marker}` });
    } catch (error) {
      return { kind: 'not_started', message: errorMessage(error) };
    }
  };
}

function startShell(request: HookProcessRequest, marker: string): ChildProcess {
  // Loaded when first needed: a start runs no hook.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const [shell, flags] =
    process.platform === 'win32' ? (['cmd', ['/d', '/s', '/c']] as const) : (['sh', ['-lc']] as const);
  return spawn(shell, [...flags, request.command], {
    cwd: request.cwd,
    env: { ...request.env, [MARKER_NAME]: marker },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
}

interface FollowParts extends HookProcessParts {
  readonly variable: string;
}

async function follow(
  child: ChildProcess,
  groupId: number,
  request: HookProcessRequest,
  parts: FollowParts,
): Promise<HookExit> {
  const stdout = collectOutput(child.stdout, request.maxOutputBytes);
  const stderr = collectTail(child.stderr);
  const exit = exitOf(child);
  const timers = new AbortController();
  sendInput(child, request.input);
  const ended = exit.then(async (exitCode): Promise<HookExit> => {
    const drained = Promise.all([stdout.closed, stderr.closed]);
    await Promise.race([drained, pause(DRAIN_MS, parts.clock, timers.signal)]);
    return { kind: 'exited', exitCode, stdout: stdout.text(), stderr: stderr.text() };
  });
  try {
    return await Promise.race([
      ended,
      stdout.overflow.then((): HookExit => ({ kind: 'too_much_output' })),
      pause(request.timeoutMs, parts.clock, timers.signal).then((): HookExit => ({ kind: 'timed_out' })),
      aborted(request.signal, timers.signal).then((): HookExit => ({ kind: 'stopped' })),
    ]);
  } finally {
    await parts.endGroup(groupId);
    await parts.killStrays(parts.variable, groupId);
    await Promise.race([exit, pause(REAP_MS, parts.clock, timers.signal)]);
    timers.abort();
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  }
}

/** The exit code, or `null` when a signal ended the shell. */
function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(null)); // a spawned child only reports a failed kill here
  });
}

function sendInput(child: ChildProcess, input: string): void {
  child.stdin?.on('error', () => {}); // EPIPE: the hook closed its input unread, which is its right
  child.stdin?.end(input);
}

interface Collected {
  /** The stream has ended, well or not. */
  readonly closed: Promise<void>;
  text(): string;
}

interface CollectedOutput extends Collected {
  /** Resolves when there were more bytes than allowed. */
  readonly overflow: Promise<void>;
}

function collectOutput(stream: Readable | null, maxBytes: number): CollectedOutput {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const overflow = Promise.withResolvers<void>();
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else overflow.resolve();
  });
  return {
    closed: closingOf(stream),
    overflow: overflow.promise,
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}

function collectTail(stream: Readable | null): Collected {
  let tail = Buffer.alloc(0);
  stream?.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-MAX_STDERR_BYTES);
  });
  return { closed: closingOf(stream), text: () => tail.toString('utf8').trim() };
}

function closingOf(stream: Readable | null): Promise<void> {
  return new Promise((resolve) => {
    if (stream === null) return resolve();
    stream.once('close', resolve);
    stream.once('error', () => resolve()); // a read error ends the output like its close
  });
}

/** Resolves after `ms`; never when cancelled first. */
function pause(ms: number, clock: Clock, cancelled: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    clock.sleep(ms, cancelled).then(resolve, () => {}); // cancelled: something else came first
  });
}

/** Resolves when `signal` is aborted. Stops listening with `cancelled`. */
function aborted(signal: AbortSignal, cancelled: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true, signal: cancelled });
  });
}
