/**
 * The containers of this installation: one per working directory, kept while it is used.
 *
 * Invariants: calls for one container follow each other; a container that was started with other settings is replaced;
 * one that nobody used for a while is removed, and so is every one at the end; what an earlier process left behind is
 * removed before the first container is started.
 */
import { rm } from 'node:fs/promises';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../observability/logger.ts';
import { sandboxErrors } from '../errors.ts';
import { CONFIG_LABEL, type ContainerSpec, OWNER_LABEL } from './container-arguments.ts';
import type { ContainerCli } from './container-cli.ts';

export interface ContainerPoolOptions {
  readonly cli: ContainerCli;
  owner(): string;
  /** Files of running commands; an earlier process may have left some. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  /** Unused containers are removed after this time. */
  readonly idleMs?: number;
  /** Time between two looks for unused containers. */
  readonly reapEveryMs?: number;
}

interface PooledContainer {
  /** Settles when the calls made so far are through; never rejects. */
  queue: Promise<unknown>;
  users: number;
  lastUsedAt: number;
}

const DEFAULT_IDLE_MS = 30 * 60_000;
const DEFAULT_REAP_EVERY_MS = 60_000;

export class ContainerPool {
  readonly #options: ContainerPoolOptions;
  readonly #containers = new Map<string, PooledContainer>();
  readonly #stopping = new AbortController();
  #opened: Promise<void> | undefined;
  #reaper: Promise<void> | undefined;

  constructor(options: ContainerPoolOptions) {
    this.#options = options;
  }

  /**
   * Runs `use` while the container runs. Uses of one container go side by side; only its start is exclusive. Rejects
   * with `MC_SANDBOX_CONTAINER_FAILED` when it cannot be started.
   */
  async use<Result>(spec: ContainerSpec, use: () => Promise<Result>): Promise<Result> {
    this.#opened ??= this.#removeOrphans();
    await this.#opened;
    this.#reaper ??= this.#reap();
    const container = this.#entry(spec.name);
    container.users += 1;
    try {
      await this.#exclusive(container, () => this.#ensureRunning(spec));
      return await use();
    } finally {
      container.users -= 1;
      container.lastUsedAt = this.#options.clock.monotonic();
    }
  }

  /** Removes a container at once, with everything that runs in it. */
  async remove(name: string): Promise<void> {
    const { exitCode, stderr } = await this.#options.cli.call(['rm', '--force', '--volumes', name]);
    if (exitCode === 0 || isAbsent(stderr)) return;
    this.#options.log.warn({ container: name, problem: stderr }, 'a sandbox container was not removed');
  }

  /** Removes every container. Idempotent. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#reaper;
    const names = [...this.#containers.keys()];
    this.#containers.clear();
    if (names.length === 0) return;
    const { exitCode, stderr } = await this.#options.cli.call(['rm', '--force', '--volumes', ...names], 5000);
    if (exitCode !== 0 && !isAbsent(stderr)) {
      this.#options.log.warn({ containers: names, problem: stderr }, 'sandbox containers were not removed');
    }
  }

  #entry(name: string): PooledContainer {
    const known = this.#containers.get(name);
    if (known !== undefined) return known;
    const added = { queue: Promise.resolve(), users: 0, lastUsedAt: this.#options.clock.monotonic() };
    this.#containers.set(name, added);
    return added;
  }

  #exclusive<Result>(container: PooledContainer, work: () => Promise<Result>): Promise<Result> {
    const result = container.queue.then(work);
    container.queue = result.catch(() => undefined); // its caller hears of it; the next one tries again
    return result;
  }

  async #ensureRunning({ name, configHash, runArguments }: ContainerSpec): Promise<void> {
    const { cli } = this.#options;
    const format = `{{.State.Running}} {{index .Config.Labels "${CONFIG_LABEL}"}}`;
    const found = await cli.call(['container', 'inspect', '--format', format, name]);
    if (found.exitCode === 0 && found.stdout === `true ${configHash}`) return;
    if (found.exitCode === 0) await this.remove(name);
    const started = await cli.call(runArguments);
    if (started.exitCode === 0) return;
    const message = `${cli.engine} could not start a container: ${started.stderr}`;
    const hint = /no such image|image not known|unable to find image/i.test(started.stderr)
      ? `Download the image first: ${cli.engine} pull ${imageOf(runArguments)}`
      : undefined;
    throw sandboxErrors.create('CONTAINER_FAILED', message, { hint });
  }

  /** The program owns its data directory alone, so a container with its label that it did not start is left over. */
  async #removeOrphans(): Promise<void> {
    const { cli, log, stateDir } = this.#options;
    const owner = this.#options.owner();
    await rm(stateDir, { recursive: true, force: true });
    const listed = await cli.call(['ps', '--all', '--quiet', '--filter', `label=${OWNER_LABEL}=${owner}`]);
    const ids = listed.stdout.split('\n').filter((line) => line !== '');
    if (listed.exitCode !== 0) {
      log.warn({ problem: listed.stderr }, 'sandbox containers of an earlier run cannot be listed');
    } else if (ids.length > 0) {
      await cli.call(['rm', '--force', '--volumes', ...ids]);
    }
  }

  async #reap(): Promise<void> {
    const { clock, idleMs = DEFAULT_IDLE_MS, reapEveryMs = DEFAULT_REAP_EVERY_MS } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(reapEveryMs, signal).catch(() => undefined); // only `close` ends the wait early
      if (signal.aborted) return;
      for (const [name, container] of this.#containers) {
        if (container.users > 0 || clock.monotonic() - container.lastUsedAt < idleMs) continue;
        await this.#exclusive(container, () => this.remove(name));
        if (container.users === 0) this.#containers.delete(name);
      }
    }
  }
}

function isAbsent(stderr: string): boolean {
  return /no such container|no container with name/i.test(stderr);
}

/** The image stands before the last argument. */
function imageOf(runArguments: readonly string[]): string {
  return runArguments.at(-2) ?? '';
}
