/**
 * Starts one process for a command and follows it to its end: the part that every runner shares.
 *
 * Invariants: no input; own process group; output bounded in memory; the promise settles after `sweep`, so after the
 * runner had its chance to remove what the process left behind; a failure is a value.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import type { TextFilter } from '../../security/redaction/secret.ts';
import type { CommandExit, CommandRequest, CommandResult } from '../command-runner.ts';
import { createOutputCapture, type OutputCapture } from './output-capture.ts';

/** What to start, and how everything that belongs to it ends. */
export interface ProcessSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Written to descriptor 3, which is then closed. */
  readonly descriptorInput?: string;
  /** Receives what the process writes to descriptor 4. */
  onDescriptorOutput?(text: string): void;
  /** Ends the command, softly first. Called once, when the request's signal fires. */
  stop(processId: number): Promise<void>;
  /** Removes what is left after the process has exited. */
  sweep(processId: number): Promise<void>;
}

export interface ProcessTimes {
  readonly clock: Clock;
  /** How long output may still arrive after the process has exited. */
  readonly drainGraceMs: number;
}

const DEFAULT_MAX_OUTPUT_BYTES = 1_048_576;

/** Never rejects. Nothing is started once the request's signal has fired. */
export async function runProcess(
  request: CommandRequest,
  spec: ProcessSpec,
  times: ProcessTimes,
): Promise<CommandResult> {
  if (request.signal.aborted) return notStarted();
  // Loaded when first needed: a start runs no command.
  const { spawn } = process.getBuiltinModule('node:child_process');
  let child: ChildProcess;
  try {
    child = spawn(spec.file, spec.args, {
      cwd: spec.cwd,
      env: { ...spec.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...extraDescriptors(spec)],
    });
  } catch (error) {
    return { kind: 'spawn_failed', message: errorMessage(error) };
  }
  const { pid } = child;
  if (pid === undefined) {
    const [error] = await once(child, 'error');
    return { kind: 'spawn_failed', message: errorMessage(error) };
  }
  connectDescriptors(child, spec);
  return follow(child, pid, request, spec, times);
}

/** The command as if it had been ended before its first instruction. */
export function notStarted(): CommandExit {
  const empty = { text: '', droppedBytes: 0 };
  return { kind: 'ended', exitCode: null, stdout: empty, stderr: empty, interrupted: true };
}

function extraDescriptors(spec: ProcessSpec): readonly ('pipe' | 'ignore')[] {
  const input = spec.descriptorInput === undefined ? 'ignore' : 'pipe';
  return spec.onDescriptorOutput === undefined ? [input] : [input, 'pipe'];
}

function connectDescriptors(child: ChildProcess, spec: ProcessSpec): void {
  const input = child.stdio[3];
  if (input instanceof Writable) {
    input.on('error', () => {}); // the process ended without reading it; its exit tells why
    input.end(spec.descriptorInput);
  }
  const output = child.stdio[4];
  if (output instanceof Readable) {
    output.setEncoding('utf8').on('data', (text: string) => spec.onDescriptorOutput?.(text));
    output.on('error', () => {}); // ends like its close
  }
}

async function follow(
  child: ChildProcess,
  processId: number,
  request: CommandRequest,
  spec: ProcessSpec,
  { clock, drainGraceMs }: ProcessTimes,
): Promise<CommandExit> {
  const stdout = readStream(child.stdout, request);
  const stderr = readStream(child.stderr, request);
  let stopping: Promise<void> | undefined;
  const onAbort = () => {
    stopping ??= spec.stop(processId);
  };
  request.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const exitCode = await waitForExit(child);
    const interrupted = request.signal.aborted;
    const drained = Promise.all([stdout.closed, stderr.closed]);
    const inTime = await settlesWithin(drained, drainGraceMs, clock);
    await stopping;
    await spec.sweep(processId);
    if (!inTime) await settlesWithin(drained, drainGraceMs, clock);
    return { kind: 'ended', exitCode, stdout: stdout.finish(), stderr: stderr.finish(), interrupted };
  } finally {
    request.signal.removeEventListener('abort', onAbort);
  }
}

/** The exit code, or `null` when a signal ended the process. Output may still be on its way. */
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
