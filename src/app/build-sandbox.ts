/** The runner of commands as the configuration wants it: the host or a sandbox. */
import path from 'node:path';
import type { Config } from '../config/config.ts';
import { homeDirectory } from '../config/home-directory.ts';
import type { Clock } from '../core/clock.ts';
import { type Logger, silentLogger } from '../observability/logger.ts';
import { createCommandRunner, type SandboxedRunner } from '../sandbox/create-command-runner.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { createStatusProbe, type StatusProbe } from '../sandbox/status-probe.ts';
import { createWorkspaces } from '../tools/workspace.ts';
import { configurationFiles } from './configuration-files.ts';
import { absolute, type DataLayout } from './data-layout.ts';

export interface SandboxParts {
  readonly config: Config;
  readonly configPath: string | null;
  readonly layout: DataLayout;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Starts nothing; the kinds of sandbox are tried when the first command comes. */
export function buildSandbox(parts: SandboxParts): SandboxedRunner {
  const isWanted = parts.config.sandbox.mode === 'all';
  return createCommandRunner({
    sandbox: isWanted ? sandboxOptions(parts) : undefined,
    env: parts.env,
    clock: parts.clock,
    log: parts.logger.child({ target: 'sandbox' }),
  });
}

/** What works on this machine, also when the mode is `off`: nothing is asked before somebody wants to know. */
export function buildSandboxProbe(parts: SandboxParts, runner: SandboxedRunner): StatusProbe {
  const { env, clock } = parts;
  const described =
    parts.config.sandbox.mode === 'all'
      ? runner
      : createCommandRunner({ sandbox: sandboxOptions(parts), env, clock, log: silentLogger });
  return createStatusProbe(described, clock);
}

/** The configured sandbox, also when its mode is `off`. */
export function sandboxOptions(parts: Omit<SandboxParts, 'clock' | 'logger'>): SandboxOptions {
  const { config, configPath, layout, env } = parts;
  const { sandbox } = config;
  const { workingDir } = layout;
  const { sharedDir } = createWorkspaces({ workingDir, isolation: config.working_dir_isolation });
  return {
    backend: sandbox.backend,
    image: sandbox.image,
    containerPrefix: sandbox.container_prefix,
    noNetwork: sandbox.no_network,
    requireRuntime: sandbox.require_runtime,
    securityProfile: sandbox.security_profile,
    capAdd: sandbox.cap_add,
    limits: { memoryBytes: sandbox.memory_limit, cpus: sandbox.cpu_quota, pids: sandbox.pids_limit },
    credentialEnvAllowlist: sandbox.credential_env_allowlist,
    mountAllowlistFile: mountAllowlistFile(config, env),
    workingDir,
    sharedDir,
    readOnlyDirs: [path.join(layout.dataRoot, 'skills')],
    hiddenPaths: [layout.dataRoot, layout.runtimeDir, workingDir, ...configurationFiles(configPath)],
    stateDir: path.join(layout.runtimeDir, 'sandbox'),
  };
}

/** The configured file, else that of the environment, else a fixed one in the home directory. */
export function mountAllowlistFile(config: Config, env: SandboxParts['env']): string {
  const named = config.sandbox.mount_allowlist_path ?? env.MICROCLAW_SANDBOX_MOUNT_ALLOWLIST?.trim() ?? '';
  return named === ''
    ? path.join(homeDirectory(), '.microclaw', 'sandbox-mount-allowlist.txt')
    : absolute(named);
}
