/**
 * Runs commands in docker or podman: a container per working directory, `exec` per command.
 *
 * Invariants: variables travel in a private file that exists for the duration of one command; a stop ends the processes
 * inside, and the whole container when that does not work.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { type IdSource, systemIds } from '../../core/ids.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Availability, SandboxBackend } from '../backend.ts';
import type { CommandRequest, CommandResult } from '../command-runner.ts';
import { sandboxErrors } from '../errors.ts';
import { DEFAULT_DRAIN_GRACE_MS, DEFAULT_KILL_AFTER_MS, MARKER_NAME } from '../host-runner.ts';
import type { Mount } from '../mounts/mount-plan.ts';
import { runProcess } from '../process/run-process.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import { type ContainerEngine, containerSpec, ownerId } from './container-arguments.ts';
import { type ContainerCli, createContainerCli } from './container-cli.ts';
import { ContainerPool } from './container-pool.ts';
import { RUN_SCRIPT, STOP_SCRIPT } from './container-scripts.ts';

export interface ContainerBackendOptions {
  readonly engine: ContainerEngine;
  readonly sandbox: SandboxOptions;
  /** The program's environment, for the engine's own program. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly killAfterMs?: number;
  readonly ids?: IdSource;
}

const PROBE_TIMEOUT_MS = 5000;
/** The image has its own. */
const HOST_VARIABLES: ReadonlySet<string> = new Set(['PATH', 'USER']);
const HOME = '/tmp';

export function createContainerBackend(options: ContainerBackendOptions): SandboxBackend {
  const { engine, sandbox, env, clock, log } = options;
  const cli = createContainerCli({ engine, env, clock });
  const pool = new ContainerPool({
    cli,
    owner: () => ownerId(sandbox),
    stateDir: sandbox.stateDir,
    clock,
    log,
  });
  return {
    name: engine,
    probe: () => probe(cli),
    run: (request, mounts) => runInContainer(options, cli, pool, request, mounts),
    close: () => pool.close(),
  };
}

async function probe(cli: ContainerCli): Promise<Availability> {
  const file = await cli.locate();
  if (file === undefined) {
    return { kind: 'unavailable', reason: 'not_installed', detail: `${cli.engine} is not on PATH` };
  }
  const { exitCode, stderr } = await cli.call(['info'], PROBE_TIMEOUT_MS);
  if (exitCode === 0) return { kind: 'available', detail: file };
  const lastLine = stderr.split('\n').at(-1) ?? '';
  return { kind: 'unavailable', reason: 'not_working', detail: `${file} info: ${lastLine}` };
}

async function runInContainer(
  options: ContainerBackendOptions,
  cli: ContainerCli,
  pool: ContainerPool,
  request: CommandRequest,
  mounts: readonly Mount[],
): Promise<CommandResult> {
  const { engine, sandbox } = options;
  const spec = containerSpec({ engine, sandbox, cwd: request.cwd, mounts, user: currentUser() });
  const file = await cli.locate();
  if (file === undefined) throw sandboxErrors.create('RUNTIME_UNAVAILABLE', `${engine} is not on PATH`);
  const marker = (options.ids ?? systemIds).hex(12);
  return pool.use(spec, async () => {
    const envFile = await writeEnvFile(sandbox.stateDir, marker, request.env);
    try {
      const args = execArguments({
        name: spec.name,
        cwd: request.cwd,
        envFile,
        marker,
        command: request.command,
      });
      const clientSpec = cli.processSpec(file, args);
      const process = {
        ...clientSpec,
        stop: async (processId: number) => {
          await stopInside(options, cli, pool, spec.name, marker);
          await clientSpec.stop(processId);
        },
      };
      return await runProcess(request, process, {
        clock: options.clock,
        drainGraceMs: DEFAULT_DRAIN_GRACE_MS,
      });
    } finally {
      await rm(envFile, { force: true });
    }
  });
}

function currentUser(): { readonly uid: number; readonly gid: number } | undefined {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

interface ExecCall {
  readonly name: string;
  readonly cwd: string;
  readonly envFile: string;
  readonly marker: string;
  readonly command: string;
}

function execArguments({ name, cwd, envFile, marker, command }: ExecCall): readonly string[] {
  return [
    'exec',
    '--workdir',
    cwd,
    '--env-file',
    envFile,
    name,
    'sh',
    '-c',
    RUN_SCRIPT,
    'sh',
    command,
    marker,
  ];
}

/** One `NAME=value` a line, as both engines read it. */
async function writeEnvFile(
  directory: string,
  marker: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const entries = Object.entries({ ...env, HOME, [MARKER_NAME]: marker });
  const broken = entries.find(([, value]) => /[\n\r\0]/.test(value));
  if (broken !== undefined) {
    throw sandboxErrors.create('BAD_VARIABLE', `variable ${broken[0]} has a line break`);
  }
  const lines = entries
    .filter(([name]) => !HOST_VARIABLES.has(name))
    .map(([name, value]) => `${name}=${value}\n`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, `${marker}.env`);
  await writeFile(file, lines.join(''), { mode: 0o600, flag: 'wx' });
  return file;
}

/** Ending the engine's client leaves the command running, so it is ended from inside. */
async function stopInside(
  { killAfterMs = DEFAULT_KILL_AFTER_MS }: ContainerBackendOptions,
  cli: ContainerCli,
  pool: ContainerPool,
  name: string,
  marker: string,
): Promise<void> {
  const graceSecs = String(Math.ceil(killAfterMs / 1000));
  const args = ['exec', name, 'sh', '-c', STOP_SCRIPT, 'sh', marker, graceSecs];
  const { exitCode } = await cli.call(args, killAfterMs + 8000);
  if (exitCode !== 0) await pool.remove(name);
}
