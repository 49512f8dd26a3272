/**
 * Runs commands under bubblewrap: namespaces of the Linux kernel, without a container engine and without a daemon.
 *
 * Invariants: each command has a sandbox of its own, which ends with the command, with this program, and with a stop;
 * TERM reaches the processes inside before KILL; the environment of the command never stands on a command line and
 * never reaches bubblewrap itself.
 */
import type { Clock } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import { type IdSource, systemIds } from '../../core/ids.ts';
import { isRecord } from '../../core/json.ts';
import type { Availability, SandboxBackend } from '../backend.ts';
import type { CommandRequest, CommandResult } from '../command-runner.ts';
import { sandboxErrors } from '../errors.ts';
import { findProgram } from '../find-program.ts';
import { DEFAULT_DRAIN_GRACE_MS, DEFAULT_KILL_AFTER_MS, findShell, MARKER_NAME } from '../host-runner.ts';
import type { Mount } from '../mounts/mount-plan.ts';
import { limitScript } from '../process/limit-script.ts';
import { endProcessGroup, groupExists, killStrays } from '../process/process-group.ts';
import { type ProcessSpec, runProcess } from '../process/run-process.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import { argumentsForDescriptor, bubblewrapArguments } from './bubblewrap-arguments.ts';

export interface BubblewrapOptions {
  readonly sandbox: Pick<SandboxOptions, 'noNetwork' | 'limits' | 'hiddenPaths'>;
  /** Where `bwrap` is looked for. */
  readonly searchPath: string | undefined;
  readonly clock: Clock;
  /** Time between TERM and KILL. */
  readonly killAfterMs?: number;
  readonly ids?: IdSource;
}

const PROGRAM = 'bwrap';
const PROBE_TIMEOUT_MS = 5000;
const HOME = '/tmp';
const PROGRAM_PATH = '/usr/local/bin:/usr/bin:/bin';

export function createBubblewrapBackend(options: BubblewrapOptions): SandboxBackend {
  const nesting = new Map<string, Promise<boolean>>();
  const parts: BubblewrapParts = {
    ...options,
    canForbidNesting(file) {
      const known = nesting.get(file) ?? tryToForbidNesting(file);
      nesting.set(file, known);
      return known;
    },
  };
  return {
    name: 'bubblewrap',
    probe: () => probe(parts),
    run: (request, mounts) => runSandboxed(parts, request, mounts),
    close: async () => {},
  };
}

interface BubblewrapParts extends BubblewrapOptions {
  /** Whether the program at this path can forbid user namespaces inside; tried once. */
  readonly canForbidNesting: (file: string) => Promise<boolean>;
}

/** Older versions, and those that are installed setuid, refuse the option. */
function tryToForbidNesting(file: string): Promise<boolean> {
  // Loaded when first needed: a start runs no command.
  const { execFile } = process.getBuiltinModule('node:child_process');
  const args = ['--unshare-all', '--unshare-user', '--disable-userns', '--ro-bind', '/', '/', '--', 'true'];
  return new Promise((resolve) => {
    execFile(file, args, { env: { PATH: PROGRAM_PATH }, timeout: PROBE_TIMEOUT_MS }, (error) =>
      resolve(error === null),
    );
  });
}

/** Builds a real sandbox and runs nothing in it: a kernel may forbid what the program offers. */
async function probe(options: BubblewrapParts): Promise<Availability> {
  const file = process.platform === 'linux' ? await findProgram(PROGRAM, options.searchPath) : undefined;
  if (file === undefined) {
    return { kind: 'unavailable', reason: 'not_installed', detail: `${PROGRAM} is not on PATH` };
  }
  const request = { command: 'true', cwd: '/', env: {}, signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) };
  try {
    const result = await runSandboxed(options, request, []);
    if (result.kind === 'ended' && result.exitCode === 0) return { kind: 'available', detail: file };
    const detail = result.kind === 'ended' ? result.stderr.text.trim() || 'no answer' : result.message;
    return { kind: 'unavailable', reason: 'not_working', detail: `${file}: ${detail}` };
  } catch (error) {
    return { kind: 'unavailable', reason: 'not_working', detail: errorMessage(error) };
  }
}

async function runSandboxed(
  options: BubblewrapParts,
  request: CommandRequest,
  mounts: readonly Mount[],
): Promise<CommandResult> {
  const { sandbox, clock } = options;
  const file = await findProgram(PROGRAM, options.searchPath);
  if (file === undefined) throw sandboxErrors.create('RUNTIME_UNAVAILABLE', `${PROGRAM} is not on PATH`);
  const marker = (options.ids ?? systemIds).hex(12);
  const args = await bubblewrapArguments({
    ...sandbox,
    forbidNesting: await options.canForbidNesting(file),
    cwd: request.cwd,
    env: { ...request.env, HOME, [MARKER_NAME]: marker },
    mounts,
  });
  const status = createStatusReader();
  const shell = findShell();
  const spec: ProcessSpec = {
    file,
    args: [
      ...['--args', '3', '--json-status-fd', '4'],
      ...['--', shell, '-c', limitScript(sandbox.limits), shell, request.command],
    ],
    cwd: '/',
    env: { [MARKER_NAME]: marker },
    descriptorInput: argumentsForDescriptor(args),
    onDescriptorOutput: (text) => status.read(text),
    ...ending(options, status, `${MARKER_NAME}=${marker}`),
  };
  const result = await runProcess(request, spec, { clock, drainGraceMs: DEFAULT_DRAIN_GRACE_MS });
  if (result.kind === 'ended' && !result.interrupted && !status.hasRun() && result.exitCode !== 0) {
    throw sandboxErrors.create('SETUP_FAILED', `bubblewrap failed: ${result.stderr.text.trim()}`);
  }
  return result;
}

/** The first process inside is the group of the command; with it everything in its process namespace ends. */
function ending(
  { clock, killAfterMs = DEFAULT_KILL_AFTER_MS }: BubblewrapOptions,
  status: StatusReader,
  variable: string,
): Pick<ProcessSpec, 'stop' | 'sweep'> {
  const endInside = async (waitMs: number) => {
    const groupId = status.insideId();
    if (groupId !== undefined && groupExists(groupId)) {
      await endProcessGroup({ groupId, killAfterMs: waitMs, clock });
    }
  };
  return {
    stop: async (processId) => {
      await endInside(killAfterMs);
      await endProcessGroup({ groupId: processId, killAfterMs, clock });
    },
    sweep: async (processId) => {
      await endInside(0);
      await killStrays(variable, processId);
    },
  };
}

interface StatusReader {
  read(text: string): void;
  /** Process id, on the host, of the first process inside. */
  insideId(): number | undefined;
  /** The sandbox was complete and the command was started and has ended. */
  hasRun(): boolean;
}

/** Reads the JSON documents of `--json-status-fd`, one a line: `child-pid` first, `exit-code` at the end. */
function createStatusReader(): StatusReader {
  let buffered = '';
  let insideId: number | undefined;
  let hasRun = false;
  return {
    read(text) {
      const lines = (buffered + text).split('\n');
      buffered = lines.pop() ?? '';
      for (const line of lines) {
        const status = parseStatus(line);
        if (Number.isSafeInteger(status['child-pid'])) insideId = Number(status['child-pid']);
        if ('exit-code' in status) hasRun = true;
      }
    },
    insideId: () => insideId,
    hasRun: () => hasRun,
  };
}

function parseStatus(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch {
    return {}; // not a status line; the process group still ends with bubblewrap
  }
}
