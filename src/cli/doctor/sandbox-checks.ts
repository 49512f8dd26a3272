/** Where commands run, and whether the configured sandbox works (tools §13). Starts no container. */

import { sandboxOptions } from '../../app/build-sandbox.ts';
import { layoutOf } from '../../app/data-layout.ts';
import type { Config } from '../../config/config.ts';
import { systemClock } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import { silentLogger } from '../../observability/logger.ts';
import type { ProbedBackend } from '../../sandbox/backend-selector.ts';
import { createContainerCli } from '../../sandbox/container/container-cli.ts';
import { createCommandRunner, type RunnerStatus } from '../../sandbox/create-command-runner.ts';
import type { SandboxOptions } from '../../sandbox/sandbox-options.ts';
import { loadPathAllowlist } from '../../security/path-guard/path-allowlist.ts';
import type { DoctorCheck, DoctorFacts } from './check.ts';

/** For the whole doctor: the sandbox itself is tried only when it is switched on. */
export async function sandboxChecks(facts: DoctorFacts): Promise<readonly DoctorCheck[]> {
  const { configuration } = facts;
  if (configuration instanceof Error || configuration.config === undefined) return [];
  if (configuration.config.sandbox.mode === 'off') return [modeCheck(configuration.config)];
  return allSandboxChecks(facts);
}

/** For `doctor sandbox`: everything, also while the sandbox is off. */
export async function allSandboxChecks({
  configuration,
  context,
}: DoctorFacts): Promise<readonly DoctorCheck[]> {
  if (configuration instanceof Error || configuration.config === undefined) {
    const detail = 'the configuration cannot be read';
    return [{ id: 'sandbox.config', title: 'Sandbox settings', status: 'fail', detail }];
  }
  const { config, path: configPath } = configuration;
  const { env } = context;
  const sandbox = sandboxOptions({ config, configPath, layout: layoutOf(config), env });
  const runner = createCommandRunner({ sandbox, env, clock: systemClock, log: silentLogger });
  const status = await runner.describe();
  return [
    settingsCheck(sandbox),
    modeCheck(config),
    programCheck(status),
    runtimeCheck(status, sandbox),
    ...(await imageChecks(status, sandbox, env)),
    await allowlistCheck(sandbox),
    credentialCheck(sandbox),
  ];
}

function settingsCheck({ backend, noNetwork, securityProfile, requireRuntime }: SandboxOptions): DoctorCheck {
  const check = { id: 'sandbox.config', title: 'Sandbox settings' };
  const network = noNetwork ? 'no network' : 'with network';
  const detail = `backend ${backend}, ${securityProfile}, ${network}`;
  if (requireRuntime && noNetwork && securityProfile !== 'privileged')
    return { ...check, status: 'pass', detail };
  const doubts = [
    ...(requireRuntime ? [] : ['commands run on the host when no sandbox works']),
    ...(noNetwork ? [] : ['commands reach the network']),
    ...(securityProfile === 'privileged' ? ['containers have every right of the host'] : []),
  ];
  const fix = 'set sandbox.require_runtime and .no_network to true and .security_profile to hardened';
  return { ...check, status: 'warn', detail: `${detail}; ${doubts.join('; ')}`, fix };
}

function modeCheck(config: Config): DoctorCheck {
  const check = { id: 'sandbox.mode', title: 'Sandbox' };
  if (config.sandbox.mode === 'all')
    return { ...check, status: 'pass', detail: 'every command runs in a sandbox' };
  return {
    ...check,
    status: 'warn',
    detail: 'commands run on the host with the rights of this user',
    fix: 'set sandbox.mode to all, or give microclaw a user of its own',
  };
}

function programCheck({ tried }: RunnerStatus): DoctorCheck {
  const check = { id: 'sandbox.container_cli', title: 'Program of the sandbox' };
  const installed = tried.filter((probed) => !isMissing(probed));
  const detail = tried.map(describeProbed).join('; ');
  if (installed.length > 0) return { ...check, status: 'pass', detail };
  return { ...check, status: 'fail', detail, fix: 'install bubblewrap, podman or docker' };
}

function isMissing({ availability }: ProbedBackend): boolean {
  return availability.kind === 'unavailable' && availability.reason === 'not_installed';
}

function describeProbed({ name, availability }: ProbedBackend): string {
  return `${name}: ${availability.detail}`;
}

function runtimeCheck({ place, tried }: RunnerStatus, { requireRuntime }: SandboxOptions): DoctorCheck {
  const check = { id: 'sandbox.container_runtime', title: 'Sandbox of commands' };
  if (place !== 'refused' && place !== 'host') return { ...check, status: 'pass', detail: `${place} works` };
  const consequence = requireRuntime ? 'commands are refused' : 'commands run on the host';
  const reasons = tried.map(describeProbed).join('; ');
  const fix = 'start the container engine, or install bubblewrap and allow unprivileged user namespaces';
  return { ...check, status: 'fail', detail: `nothing works, ${consequence}: ${reasons}`, fix };
}

async function imageChecks(
  { place }: RunnerStatus,
  { image }: SandboxOptions,
  env: DoctorFacts['context']['env'],
): Promise<readonly DoctorCheck[]> {
  if (place !== 'docker' && place !== 'podman') return [];
  const check = { id: 'sandbox.image', title: 'Image of containers' };
  const cli = createContainerCli({ engine: place, env, clock: systemClock });
  const { exitCode } = await cli.call(['image', 'inspect', image]);
  if (exitCode === 0) return [{ ...check, status: 'pass', detail: image }];
  return [
    { ...check, status: 'warn', detail: `${image} is not on this machine`, fix: `${place} pull ${image}` },
  ];
}

async function allowlistCheck({ mountAllowlistFile }: SandboxOptions): Promise<DoctorCheck> {
  const check = { id: 'sandbox.mount_allowlist', title: 'Mounts of sandboxes' };
  try {
    const list = await loadPathAllowlist(mountAllowlistFile);
    if (list !== undefined) {
      return { ...check, status: 'pass', detail: `${mountAllowlistFile}: ${list.roots.length} directories` };
    }
    const detail = `no directory is listed in ${mountAllowlistFile}; the directory of each chat is shown`;
    return { ...check, status: 'miss', detail };
  } catch (error) {
    const fix = 'make the file readable for the user that runs microclaw; until then commands are refused';
    return { ...check, status: 'fail', detail: `${mountAllowlistFile}: ${errorMessage(error)}`, fix };
  }
}

function credentialCheck({ credentialEnvAllowlist }: SandboxOptions): DoctorCheck {
  const check = { id: 'security.sandbox_credentials', title: 'Credentials in sandboxes' };
  if (credentialEnvAllowlist.length === 0) return { ...check, status: 'pass', detail: 'withheld' };
  const detail = `passed on: ${credentialEnvAllowlist.join(', ')}`;
  return {
    ...check,
    status: 'warn',
    detail,
    fix: 'empty sandbox.credential_env_allowlist if no command needs them',
  };
}
