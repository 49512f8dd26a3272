/**
 * The configuration that is in force. Keys of `live-keys.ts` follow the file; the others keep their value until the
 * next start.
 *
 * Invariants: what is in force is one valid configuration as a whole; it changes in one step, between calls; a
 * configuration that the next start would refuse is not taken over.
 */
import type { Config } from '../config/config.ts';
import { crossCheck } from '../config/cross-checks.ts';
import { configErrors } from '../config/errors.ts';
import { type ConfigChange, compareConfigs, withLiveKeys } from '../config/live-keys.ts';
import { liveView } from '../core/live-view.ts';
import { configuredEgressPolicy, findEgressConflict } from './policies/egress-endpoints.ts';

export class LiveConfig {
  readonly #env: Readonly<Record<string, string | undefined>>;
  #current: Config;

  constructor(config: Config, env: Readonly<Record<string, string | undefined>>) {
    this.#current = config;
    this.#env = env;
  }

  get current(): Config {
    return this.#current;
  }

  /** Returns what `make` makes of the configuration in force: made once per change, however often it is asked for. */
  derive<Value>(make: (config: Config) => Value): () => Value {
    let made: { readonly from: Config; readonly value: Value } | undefined;
    return () => {
      if (made?.from !== this.#current) made = { from: this.#current, value: make(this.#current) };
      return made.value;
    };
  }

  /** The same as one object that always shows the newest. */
  view<Value extends object>(make: (config: Config) => Value): Value {
    return liveView(this.derive(make));
  }

  /** Raises `MC_CONFIG_REJECTED` for a configuration that cannot be in force, now or after a restart. */
  check(next: Config): void {
    const conflict = findEgressConflict(configuredEgressPolicy(next), next, this.#env);
    if (conflict !== undefined) throw configErrors.create('REJECTED', conflict.message, { cause: conflict });
    const broken = crossCheck(withLiveKeys(this.#current, next)).find(({ severity }) => severity === 'error');
    if (broken !== undefined) throw configErrors.create('REJECTED', broken.message);
  }

  /** Takes over the live keys. Raises what `check` raises; then nothing has changed. */
  apply(next: Config): ConfigChange {
    this.check(next);
    const change = compareConfigs(this.#current, next);
    if (change.applied.length > 0) this.#current = withLiveKeys(this.#current, next);
    return change;
  }
}
