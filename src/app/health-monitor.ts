/** The state of the running program, part by part, for `/api/health`. Answers from memory, asks nothing. */

import type { MicroclawError } from '../core/errors.ts';
import type { HealthComponent, HealthPort, HealthSnapshot } from '../http/health-port.ts';
import type { ModelPort } from '../llm/model-port.ts';
import type { ProcessSampler } from '../observability/process-sampler.ts';
import type { Storage } from '../storage/storage.ts';

export interface HealthMonitorParts {
  readonly storage: Pick<Storage, 'stats'>;
  readonly model: Pick<ModelPort, 'describe' | 'health'>;
  readonly sampler: ProcessSampler;
  readonly activeTurns: () => number;
}

/** Event loop delay (99th percentile) above which the process counts as degraded. */
const SLOW_LOOP_MS = 200;

export class HealthMonitor implements HealthPort {
  readonly #parts: HealthMonitorParts;
  #ready = false;
  #storageProblem: MicroclawError | undefined;

  constructor(parts: HealthMonitorParts) {
    this.#parts = parts;
  }

  /** Turns of an earlier process are queued again: requests may come. */
  markReady(): void {
    this.#ready = true;
  }

  noteStorageProblem(error: MicroclawError): void {
    this.#storageProblem = error;
  }

  snapshot(): HealthSnapshot {
    return {
      ready: this.#ready && this.#storageProblem === undefined,
      components: [this.#database(), this.#model(), this.#turns(), this.#process()],
    };
  }

  #database(): HealthComponent {
    const problem = this.#storageProblem;
    if (problem !== undefined) return { name: 'database', state: 'failed', message: problem.message };
    const { integrity, trouble } = this.#parts.storage.stats();
    if (trouble !== undefined) {
      const message = `The database refused a request: ${trouble.message}. ${trouble.hint ?? ''}`.trimEnd();
      return { name: 'database', state: 'failed', message };
    }
    if (integrity?.intact === false) {
      return { name: 'database', state: 'failed', message: integrity.problems.join('; ') };
    }
    return { name: 'database', state: 'ok', message: null };
  }

  #model(): HealthComponent {
    const { provider, model, offline } = this.#parts.model.describe();
    if (offline)
      return {
        name: 'model',
        state: 'ok',
        message: 'No language model is connected; the built-in interpreter answers.',
      };
    const { breakerOpen, consecutiveFailures } = this.#parts.model.health();
    if (breakerOpen) {
      return {
        name: 'model',
        state: 'degraded',
        message: `${provider} / ${model} failed repeatedly and is paused.`,
      };
    }
    const failing = consecutiveFailures > 0;
    return {
      name: 'model',
      state: failing ? 'degraded' : 'ok',
      message: failing ? `${consecutiveFailures} failures in a row.` : `${provider} / ${model}`,
    };
  }

  #turns(): HealthComponent {
    if (!this.#ready) return { name: 'turns', state: 'starting', message: 'Recovering earlier turns.' };
    const active = this.#parts.activeTurns();
    return { name: 'turns', state: 'ok', message: active === 0 ? null : `${active} running` };
  }

  #process(): HealthComponent {
    const { eventLoopDelayMs, rssBytes } = this.#parts.sampler.sample();
    const slow = eventLoopDelayMs.p99 > SLOW_LOOP_MS;
    const memory = `${Math.round(rssBytes / 1_048_576)} MiB`;
    return {
      name: 'process',
      state: slow ? 'degraded' : 'ok',
      message: slow ? `event loop delay ${Math.round(eventLoopDelayMs.p99)} ms, ${memory}` : memory,
    };
  }
}
