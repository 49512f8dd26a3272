/** What about the sandbox of this machine an operator should change. */
import type { SelfCheckWarning } from '../core/self-check.ts';
import type { RunnerStatus } from './create-command-runner.ts';

export interface SandboxFacts {
  /** `sandbox.mode: all`. */
  readonly isWanted: boolean;
  readonly requireRuntime: boolean;
  /** The program runs as root. */
  readonly isRoot: boolean;
  /** `undefined` while it is not known yet. */
  readonly status: RunnerStatus | undefined;
  readonly mountAllowlist: { readonly path: string; readonly exists: boolean };
}

/** Warnings about the runtime, the user and the mount allowlist. */
export function sandboxWarnings(facts: SandboxFacts): readonly SelfCheckWarning[] {
  return [...runtimeWarnings(facts), ...rootWarnings(facts), ...allowlistWarnings(facts)];
}

function runtimeWarnings({ isWanted, requireRuntime, status }: SandboxFacts): readonly SelfCheckWarning[] {
  if (!isWanted || status === undefined || isSandboxed(status)) return [];
  const reasons = status.tried.map(({ name, availability }) => `${name}: ${availability.detail}`).join('; ');
  const consequence = requireRuntime ? 'commands are refused' : 'commands run on the host';
  return [
    {
      code: 'sandbox_runtime_unavailable',
      severity: requireRuntime ? 'high' : 'medium',
      message: `No sandbox works, so ${consequence} (${reasons}).`,
      hint: 'Start docker or podman, or install bubblewrap; `microclaw doctor sandbox` says more.',
    },
  ];
}

/** The kernel exempts root from the limit of processes, and bubblewrap has no other. */
function rootWarnings({ isWanted, isRoot, status }: SandboxFacts): readonly SelfCheckWarning[] {
  if (!isWanted || !isRoot || status?.place !== 'bubblewrap') return [];
  return [
    {
      code: 'sandbox_no_process_limit',
      severity: 'medium',
      message: 'The program runs as root, so sandbox.pids_limit has no effect under bubblewrap.',
      hint: 'Run microclaw as a user of its own, or set sandbox.backend to docker or podman.',
    },
  ];
}

function allowlistWarnings({ mountAllowlist: { path, exists } }: SandboxFacts): readonly SelfCheckWarning[] {
  if (exists) return [];
  return [
    {
      code: 'sandbox_mount_allowlist_missing',
      severity: 'medium',
      message: `There is no mount allowlist at ${path}, so any chat directory may be shown to a sandbox.`,
      hint: 'Create the file with one directory per line, or name another in sandbox.mount_allowlist_path.',
    },
  ];
}

/** Whether a kind of sandbox works on this machine. */
export function isSandboxed(status: RunnerStatus): boolean {
  return status.place !== 'host' && status.place !== 'refused';
}
