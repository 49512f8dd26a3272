/**
 * Chooses the kind of sandbox for a command: the configured one, or for `auto` the first that works.
 *
 * Invariants: an answer of a machine is believed for a short time only, so an engine that was started or stopped
 * meanwhile is noticed; commands that ask at the same time share one attempt.
 */
import type { Clock } from '../core/clock.ts';
import type { Availability, SandboxBackend } from './backend.ts';
import type { BackendName } from './sandbox-options.ts';

export interface ProbedBackend {
  readonly name: BackendName;
  readonly availability: Availability;
}

export interface Selection {
  /** The first that works. */
  readonly backend: SandboxBackend | undefined;
  /** What was tried, in order; ends with the one that works. */
  readonly tried: readonly ProbedBackend[];
}

export interface BackendSelector {
  select(): Promise<Selection>;
}

const DEFAULT_TTL_MS = 15_000;

export function createBackendSelector(
  backends: readonly SandboxBackend[],
  clock: Clock,
  ttlMs = DEFAULT_TTL_MS,
): BackendSelector {
  let current: { readonly answer: Promise<Selection>; readonly askedAt: number } | undefined;
  return {
    select() {
      const now = clock.monotonic();
      if (current === undefined || now - current.askedAt >= ttlMs) {
        current = { answer: probeInOrder(backends), askedAt: now };
      }
      return current.answer;
    },
  };
}

async function probeInOrder(backends: readonly SandboxBackend[]): Promise<Selection> {
  const tried: ProbedBackend[] = [];
  for (const backend of backends) {
    const availability = await backend.probe();
    tried.push({ name: backend.name, availability });
    if (availability.kind === 'available') return { backend, tried };
  }
  return { backend: undefined, tried };
}
