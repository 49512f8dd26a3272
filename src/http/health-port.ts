/** What the program tells about its own state. Implemented by the composition root. */

export type HealthState = 'ok' | 'starting' | 'degraded' | 'failed';

export interface HealthComponent {
  /** `database`, `model`, `turns`, … */
  readonly name: string;
  readonly state: HealthState;
  /** Why it is not `ok`, for the operator. */
  readonly message: string | null;
}

export interface HealthSnapshot {
  /** Requests can be accepted: the database is open and earlier turns were recovered. */
  readonly ready: boolean;
  readonly components: readonly HealthComponent[];
}

export interface HealthPort {
  /** The state now. Must answer at once: it is asked for by every probe. */
  snapshot(): HealthSnapshot;
}
