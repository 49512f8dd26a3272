/** One finding of the doctor (config-cli §5), and what a check gets to see. */
import type { CheckedConfig } from '../../config/load-config.ts';
import type { CommandContext } from '../command-context.ts';

/** `miss`: something optional is absent. Only `fail` changes the exit code. */
export type CheckStatus = 'pass' | 'miss' | 'warn' | 'fail';

export interface DoctorCheck {
  /** Stable: `config.file`, `storage.database`, … */
  readonly id: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** Facts that were gathered once for all checks. Checks change nothing on this machine. */
export interface DoctorFacts {
  readonly context: CommandContext;
  /** Reading the configuration, or why that was not possible. */
  readonly configuration: CheckedConfig | Error;
  readonly online: boolean;
}

/** Returns its findings. A probe that cannot look rejects; the doctor shows that as a failed check. */
export type DoctorProbe = (facts: DoctorFacts) => Promise<readonly DoctorCheck[]> | readonly DoctorCheck[];
