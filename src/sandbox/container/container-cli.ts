/**
 * Calls docker or podman for short administrative commands.
 *
 * Invariants: every call ends within its limit; output is bounded; an engine that is absent, hangs or refuses is a
 * value.
 */
import type { Clock } from '../../core/clock.ts';
import type { CommandRequest } from '../command-runner.ts';
import { findProgram } from '../find-program.ts';
import { endProcessGroup, groupExists } from '../process/process-group.ts';
import { type ProcessSpec, runProcess } from '../process/run-process.ts';
import type { ContainerEngine } from './container-arguments.ts';

export interface CliAnswer {
  /** `null` when the call did not end in time or could not be made. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ContainerCli {
  readonly engine: ContainerEngine;
  /** Path of the program; `undefined` when it is not installed. */
  locate(): Promise<string | undefined>;
  call(args: readonly string[], timeoutMs?: number): Promise<CliAnswer>;
  /** What `runProcess` needs to run the engine's program, without the ending of what runs inside. */
  processSpec(file: string, args: readonly string[]): ProcessSpec;
}

export interface ContainerCliOptions {
  readonly engine: ContainerEngine;
  /** The program's environment: `PATH`, and where the engine is. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

const DEFAULT_TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 65_536;
const KILL_AFTER_MS = 500;
/** What the engines read to find their server, settings and user. */
const ENGINE_VARIABLE = /^(?:PATH|HOME|USER|LANG|TMPDIR|(?:DOCKER|PODMAN|CONTAINER|CONTAINERS|XDG)_?.*)$/;

export function createContainerCli({ engine, env, clock }: ContainerCliOptions): ContainerCli {
  const locate = () => findProgram(engine, env.PATH);
  const end = async (groupId: number) => {
    if (groupExists(groupId)) await endProcessGroup({ groupId, killAfterMs: KILL_AFTER_MS, clock });
  };
  const processSpec = (file: string, args: readonly string[]): ProcessSpec => ({
    file,
    args,
    cwd: '/',
    env: engineEnvironment(env),
    stop: end,
    sweep: end,
  });
  return {
    engine,
    locate,
    processSpec,
    async call(args, timeoutMs = DEFAULT_TIMEOUT_MS) {
      const file = await locate();
      if (file === undefined) return { exitCode: null, stdout: '', stderr: `${engine} is not on PATH` };
      const signal = AbortSignal.timeout(timeoutMs);
      const request: CommandRequest = {
        command: engine,
        cwd: '/',
        env: {},
        signal,
        maxOutputBytes: MAX_OUTPUT_BYTES,
      };
      const result = await runProcess(request, processSpec(file, args), { clock, drainGraceMs: 200 });
      if (result.kind === 'spawn_failed') return { exitCode: null, stdout: '', stderr: result.message };
      const stderr = result.interrupted ? `no answer within ${timeoutMs} ms` : result.stderr.text.trim();
      return {
        exitCode: result.interrupted ? null : result.exitCode,
        stdout: result.stdout.text.trim(),
        stderr,
      };
    },
  };
}

function engineEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && ENGINE_VARIABLE.test(name)) passed[name] = value;
  }
  return passed;
}
