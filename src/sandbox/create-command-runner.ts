/**
 * The command runner of the program: the host, or the configured sandbox.
 *
 * Invariants: when a sandbox is wanted, a command runs in it or not at all, unless the operator allows the host
 * (`requireRuntime: false`), which is said once; a mount that may not be shown refuses the command whatever the
 * operator allows; variables that look like credentials do not enter.
 */
import type { Clock } from '../core/clock.ts';
import { errorMessage, MicroclawError } from '../core/errors.ts';
import type { Logger } from '../observability/logger.ts';
import type { SandboxBackend } from './backend.ts';
import { type BackendSelector, createBackendSelector, type ProbedBackend } from './backend-selector.ts';
import { createBubblewrapBackend } from './bubblewrap/bubblewrap-backend.ts';
import type { CommandRequest, CommandResult, CommandRunner } from './command-runner.ts';
import { createContainerBackend } from './container/container-backend.ts';
import { sandboxErrors } from './errors.ts';
import { createHostRunner } from './host-runner.ts';
import { planMounts } from './mounts/mount-plan.ts';
import { withoutCredentials } from './process/credential-env.ts';
import { BACKENDS, type BackendName, type SandboxOptions } from './sandbox-options.ts';

export interface CommandRunnerOptions {
  /** `undefined`: commands run on the host. */
  readonly sandbox: SandboxOptions | undefined;
  /** The program's environment: where engines are found, and how they are reached. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

/** Where commands run at this moment. */
export interface RunnerStatus {
  /** `refused`: no sandbox works and the host is not allowed. */
  readonly place: 'host' | BackendName | 'refused';
  /** Kinds of sandbox that were tried, in order; empty when none is wanted. */
  readonly tried: readonly ProbedBackend[];
}

export interface SandboxedRunner extends CommandRunner {
  /** Tries the kinds of sandbox when the last try is not recent. */
  describe(): Promise<RunnerStatus>;
  /** Removes containers. Idempotent. */
  close(): Promise<void>;
}

/** The text of DESIGN and tools §13, which operators look for. */
const NO_RUNTIME = 'sandbox is enabled but no container runtime is available';

export function createCommandRunner(options: CommandRunnerOptions): SandboxedRunner {
  const { sandbox, clock } = options;
  const host = createHostRunner({ clock });
  if (sandbox === undefined) {
    return { ...host, describe: async () => ({ place: 'host', tried: [] }), close: async () => {} };
  }
  const backends = createBackends(sandbox, options);
  const selector = createBackendSelector(backends, clock);
  const fallback = sandbox.requireRuntime ? undefined : warnOnce(host, options.log);
  return {
    run: (request) => asResult(() => runSandboxed(request, sandbox, selector, fallback)),
    async describe() {
      const { backend, tried } = await selector.select();
      return { place: backend?.name ?? (fallback === undefined ? 'refused' : 'host'), tried };
    },
    async close() {
      await Promise.all(backends.map((backend) => backend.close()));
    },
  };
}

function createBackends(sandbox: SandboxOptions, options: CommandRunnerOptions): readonly SandboxBackend[] {
  const { env, clock, log } = options;
  const names = sandbox.backend === 'auto' ? BACKENDS : [sandbox.backend];
  return names.map((name) =>
    name === 'bubblewrap'
      ? createBubblewrapBackend({ sandbox, searchPath: env.PATH, clock })
      : createContainerBackend({ engine: name, sandbox, env, clock, log }),
  );
}

/** The host, which says once that it is not a sandbox. */
function warnOnce(host: CommandRunner, log: Pick<Logger, 'warn'>): CommandRunner {
  let warned = false;
  return {
    run(request) {
      if (!warned) log.warn({}, `${NO_RUNTIME}; commands run on the host`);
      warned = true;
      return host.run(request);
    },
  };
}

async function runSandboxed(
  request: CommandRequest,
  sandbox: SandboxOptions,
  selector: BackendSelector,
  fallback: CommandRunner | undefined,
): Promise<CommandResult> {
  const mounts = await planMounts(request.cwd, sandbox);
  const { backend, tried } = await selector.select();
  if (backend === undefined) {
    if (fallback !== undefined) return fallback.run(request);
    const reasons = tried.map(({ availability }) => availability.detail).join('; ');
    throw sandboxErrors.create('RUNTIME_UNAVAILABLE', `${NO_RUNTIME} (${reasons})`);
  }
  const env = withoutCredentials(request.env, sandbox.credentialEnvAllowlist);
  return backend.run({ ...request, env }, mounts);
}

/** A failure is a value for the caller: message and what to do about it. */
async function asResult(run: () => Promise<CommandResult>): Promise<CommandResult> {
  try {
    return await run();
  } catch (error) {
    const hint = error instanceof MicroclawError && error.hint !== undefined ? `. ${error.hint}` : '';
    return { kind: 'spawn_failed', message: `${errorMessage(error)}${hint}` };
  }
}
