/** One kind of sandbox, as the selector and the runner see it. */
import type { CommandRequest, CommandResult } from './command-runner.ts';
import type { Mount } from './mounts/mount-plan.ts';
import type { BackendName } from './sandbox-options.ts';

/** Whether a kind of sandbox works on this machine at this moment. */
export type Availability =
  | { readonly kind: 'available'; readonly detail: string }
  | {
      readonly kind: 'unavailable';
      readonly reason: 'not_installed' | 'not_working';
      readonly detail: string;
    };

export interface SandboxBackend {
  readonly name: BackendName;
  /** Tries it out; never rejects. */
  probe(): Promise<Availability>;
  /** Runs a command that sees `mounts` only. Rejects with `MC_SANDBOX_*`. */
  run(request: CommandRequest, mounts: readonly Mount[]): Promise<CommandResult>;
  /** Removes everything that outlives a command. Idempotent. */
  close(): Promise<void>;
}
