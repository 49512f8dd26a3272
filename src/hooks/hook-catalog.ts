/**
 * The hooks in force, looked up on disk for every event: adding, changing, removing, enabling and disabling a hook
 * acts on the next event of a running server.
 *
 * Invariants: an event never sees a state older than its own beginning; a hook whose file disappeared while the
 * program runs is `lost` until `forget`, so that its absence is noticed instead of passed over; every problem is
 * logged once.
 */
import type { Logger } from '../observability/logger.ts';
import { byPriority, type HookDefinition } from './hook-definition.ts';
import { HookDiscovery, type HookProblem } from './hook-discovery.ts';
import { type HooksState, HooksStateFile } from './hooks-state.ts';

/** A hook that is switched on. */
export interface ActiveHook extends HookDefinition {
  /** Its HOOK.md is gone or can no longer be used. */
  readonly lost: boolean;
}

export interface HookCatalogOptions {
  /** Directories of hook directories; of equal names the one in the earlier root wins. */
  readonly roots: readonly string[];
  readonly stateFile: string;
  readonly logger: Logger;
}

export class HookCatalog {
  readonly #discovery: HookDiscovery;
  readonly #state: HooksStateFile;
  readonly #logger: Logger;
  readonly #known = new Map<string, ActiveHook>();
  #reported: ReadonlySet<string> = new Set();

  constructor(options: HookCatalogOptions) {
    const { logger } = options;
    this.#discovery = new HookDiscovery(options.roots);
    this.#state = new HooksStateFile(options.stateFile, (reason) =>
      logger.warn({ path: options.stateFile, reason }, 'hooks_state.json cannot be used'),
    );
    this.#logger = logger;
  }

  /** The hooks that are switched on now, in the order they run. */
  async active(): Promise<readonly ActiveHook[]> {
    const [found, state] = await Promise.all([this.#discovery.scan(), this.#state.read()]);
    this.#report(found.problems);
    const names = new Set(found.hooks.map((hook) => hook.name));
    for (const hook of found.hooks) this.#known.set(hook.name, { ...hook, lost: false });
    for (const [name, hook] of this.#known) {
      if (!names.has(name)) this.#known.set(name, { ...hook, lost: true });
    }
    return [...this.#known.values()].filter((hook) => isEnabled(hook, state)).sort(byPriority);
  }

  /** Gives up on a lost hook. It is known again when its file comes back. */
  forget(hook: ActiveHook): void {
    if (this.#known.get(hook.name)?.lost === true) this.#known.delete(hook.name);
  }

  #report(problems: readonly HookProblem[]): void {
    const reported = new Set<string>();
    for (const { path, reason } of problems) {
      const key = `${path}\n${reason}`;
      reported.add(key);
      if (!this.#reported.has(key)) this.#logger.warn({ path, reason }, 'hook cannot be used');
    }
    this.#reported = reported;
  }
}

/** Whether a hook is switched on: the state file wins over the HOOK.md. */
export function isEnabled(hook: HookDefinition, state: HooksState): boolean {
  return Object.hasOwn(state, hook.name) ? state[hook.name] === true : hook.enabled;
}
