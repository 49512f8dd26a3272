/** What protects this installation (http-api §9): settings beside what was found on the machine. */
import { access } from 'node:fs/promises';
import type { Config } from '../../config/config.ts';
import type { SecurityPosture } from '../../http/schemas/self-check.ts';
import type { RunnerStatus } from '../../sandbox/create-command-runner.ts';
import { isSandboxed } from '../../sandbox/sandbox-warnings.ts';
import { loadPathAllowlist } from '../../security/path-guard/path-allowlist.ts';
import type { ToolFacts } from '../../tools/executor-port.ts';

/** The tools whose place of execution is told, and that place: only commands ever enter a sandbox (tools §13). */
const EXECUTION_POLICIES = {
  bash: 'dual',
  read_file: 'host-only',
  write_file: 'host-only',
  edit_file: 'host-only',
  glob: 'host-only',
  grep: 'host-only',
} as const;

export interface MountAllowlistFacts {
  readonly path: string;
  readonly exists: boolean;
  readonly hasEntries: boolean;
}

export interface PostureFacts {
  readonly config: Config;
  readonly status: RunnerStatus | undefined;
  readonly mountAllowlist: MountAllowlistFacts;
  readonly tools: readonly ToolFacts[];
}

export function securityPosture({ config, status, mountAllowlist, tools }: PostureFacts): SecurityPosture {
  const { sandbox } = config;
  const place = status !== undefined && isSandboxed(status) ? status.place : null;
  return {
    sandbox_mode: sandbox.mode,
    sandbox_runtime_available: place !== null,
    sandbox_runtime_cli: place,
    sandbox_backend: sandbox.backend,
    sandbox_require_runtime: sandbox.require_runtime,
    sandbox_no_network: sandbox.no_network,
    sandbox_credential_env_allowlist: [...sandbox.credential_env_allowlist],
    egress_policy_mode: config.egress_policy.mode,
    tool_grants_mode: config.tool_policy.grants_mode,
    execution_policies: executionPolicies(tools),
    mount_allowlist: {
      path: mountAllowlist.path,
      exists: mountAllowlist.exists,
      has_entries: mountAllowlist.hasEntries,
    },
  };
}

function executionPolicies(tools: readonly ToolFacts[]): SecurityPosture['execution_policies'] {
  return Object.entries(EXECUTION_POLICIES).flatMap(([tool, policy]) => {
    const facts = tools.find(({ name }) => name === tool);
    return facts === undefined ? [] : [{ tool, risk: facts.risk, policy }];
  });
}

/** Looks at the file. One that cannot be read counts as one without entries: commands are refused then. */
export async function inspectMountAllowlist(path: string): Promise<MountAllowlistFacts> {
  try {
    await access(path);
  } catch {
    return { path, exists: false, hasEntries: false }; // the usual case: no such file
  }
  const list = await loadPathAllowlist(path).catch(() => undefined);
  return { path, exists: true, hasEntries: list !== undefined };
}
