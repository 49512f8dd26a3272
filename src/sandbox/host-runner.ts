/**
 * Runs commands on this machine, as the user that runs the program. It is not a security boundary: a command can do
 * whatever that user can. It does keep the invariants of `CommandRunner`: own process group, no input, the given
 * environment only, bounded output, and no process left behind. A process that leaves the group (`setsid`) is
 * recognised by a variable it inherited; one that also clears its environment is beyond this runner.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../core/clock.ts';
import { errorMessage } from '../core/errors.ts';
import { type IdSource, systemIds } from '../core/ids.ts';
import type { TextFilter } from '../security/redaction.ts';
import type { CommandExit, CommandRequest, CommandResult, CommandRunner } from './command-runner.ts';
import { createOutputCapture, type OutputCapture } from './output-capture.ts';
import { endProcessGroup, groupExists, killStrays } from './process-group.ts';

interface HostRunnerOptions {
  readonly clock: Clock;
  /** Shell to use; found by `findShell` when absent. */
  readonly shell?: string;
  /** How long output may still arrive after the shell has exited. */
  readonly drainGraceMs?: number;
  /** Time between TERM and KILL. */
  readonly killAfterMs?: number;
  readonly ids?: IdSource;
}

/** Tells the processes of one command from all others. */
const MARKER_NAME = 'SHELL_COMMAND_ID';

const DEFAULT_MAX_OUTPUT_BYTES = 1_048_576;

export function createHostRunner(options: HostRunnerOptions): CommandRunner {
  let shell = options.shell;
  return {
    run(request) {
      shell ??= findShell();
      return runOnHost(request, {
        shell,
        clock: options.clock,
        drainGraceMs: options.drainGraceMs ?? 200,
        killAfterMs: options.killAfterMs ?? 2000,
        marker: (options.ids ?? systemIds).hex(12),
      });
    },
  };
}

/** bash when the machine has it, else sh; never the login shell, whose syntax may be another one. */
export function findShell(candidates = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash']): string {
  return candidates.find(isExecutable) ?? '/bin/sh';
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // absent or not ours to run: the next candidate is tried
  }
}

interface HostParts {
  readonly shell: string;
  readonly clock: Clock;
  readonly drainGraceMs: number;
  readonly killAfterMs: number;
  readonly marker: string;
}

async function runOnHost(request: CommandRequest, parts: HostParts): Promise<CommandResult> {
  if (request.signal.aborted) return notStarted();
  let child: ChildProcess;
  try {
    child = spawn(parts.shell, ['-c', request.command], {
      cwd: request.cwd,
      env: { ...request.env, [MARKER_NAME]: parts.marker },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    return { kind: 'spawn_failed', message: errorMessage(error) };
  }
  const { pid } = child;
  if (pid === undefined) {
    const [error] = await once(child, 'error');
    return { kind: 'spawn_failed', message: errorMessage(error) };
  }
  return follow(child, pid, request, parts);
}

/** The command as if it had been ended before its first instruction. */
function notStarted(): CommandExit {
  const empty = { text: '', droppedBytes: 0 };
  return { kind: 'ended', exitCode: null, stdout: empty, stderr: empty, interrupted: true };
}

async function follow(
  child: ChildProcess,
  groupId: number,
  request: CommandRequest,
  parts: HostParts,
): Promise<CommandExit> {
  const stdout = readStream(child.stdout, request);
  const stderr = readStream(child.stderr, request);
  let killing: Promise<void> | undefined;
  const endGroup = () => {
    killing ??= endProcessGroup({ groupId, killAfterMs: parts.killAfterMs, clock: parts.clock });
    return killing;
  };
  const onAbort = () => void endGroup();
  request.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const exitCode = await waitForExit(child);
    const interrupted = request.signal.aborted;
    const drained = Promise.all([stdout.closed, stderr.closed]);
    const inTime = await settlesWithin(drained, parts.drainGraceMs, parts.clock);
    if (killing !== undefined || groupExists(groupId)) await endGroup();
    await killStrays(`${MARKER_NAME}=${parts.marker}`, groupId);
    if (!inTime) await settlesWithin(drained, parts.drainGraceMs, parts.clock);
    return { kind: 'ended', exitCode, stdout: stdout.finish(), stderr: stderr.finish(), interrupted };
  } finally {
    request.signal.removeEventListener('abort', onAbort);
  }
}

/** The exit code, or `null` when a signal ended the shell. Output may still be on its way. */
function waitForExit(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(null)); // a spawned child only reports a failed kill here
  });
}

interface StreamReader {
  /** The stream has ended. */
  readonly closed: Promise<void>;
  /** Stops reading and returns what was kept. */
  finish(): ReturnType<OutputCapture['finish']>;
}

function readStream(stream: Readable | null, request: CommandRequest): StreamReader {
  const capture = createOutputCapture(request.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES);
  if (stream === null) return { closed: Promise.resolve(), finish: () => capture.finish() };
  const decoder = new StringDecoder('utf8');
  const filter = request.createFilter?.() ?? passThrough;
  const keep = (text: string) => {
    if (text === '') return;
    capture.append(text);
    request.onOutput?.(text);
  };
  stream.on('data', (bytes: Buffer) => keep(filter.write(decoder.write(bytes))));
  return {
    closed: new Promise((resolve) => {
      stream.once('close', resolve);
      stream.once('error', () => resolve()); // a read error ends the stream like its close
    }),
    finish() {
      stream.destroy();
      stream.removeAllListeners('data');
      keep(filter.write(decoder.end()) + filter.end());
      return capture.finish();
    },
  };
}

const passThrough: TextFilter = { write: (chunk) => chunk, end: () => '' };

async function settlesWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  const timer = new AbortController();
  const timeout = clock.sleep(ms, timer.signal).then(
    () => false,
    () => false, // cancelled below, after the race was decided
  );
  const settled = await Promise.race([promise.then(() => true), timeout]);
  timer.abort();
  return settled;
}
