/** What the self-check route needs of the program. */
import type { SelfCheckWarning } from '../core/self-check.ts';
import type { SecurityPosture } from './schemas/self-check.ts';

export interface SelfCheckPort {
  /** Warnings of every part of the program, judged on the running configuration. Never rejects. */
  warnings(): Promise<readonly SelfCheckWarning[]>;
  /** Waits for no container engine. */
  posture(): Promise<SecurityPosture>;
}
