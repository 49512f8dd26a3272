/**
 * Brings changes of the configuration file into force while the program runs: on SIGHUP, when the file changes, and
 * when somebody asks (config-cli §1.7).
 *
 * Invariants: reloads happen one after the other; a file that cannot be used changes nothing, and the self-check says
 * so until it can; a state of the file is reported once, whoever notices it first; no value of a key is logged or
 * audited.
 */
import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ConfigFile, ConfigState } from '../config/config-file.ts';
import type { ConfigChange } from '../config/live-keys.ts';
import { errorMessage } from '../core/errors.ts';
import type { SelfCheckWarning } from '../core/self-check.ts';
import type { Logger } from '../observability/logger.ts';
import type { NewAuditEntry } from '../storage/repositories/audit-repository.ts';

/** Who noticed that the file may have changed. */
export type ReloadCause = 'signal' | 'file' | 'request';

export type ReloadOutcome =
  | ({ readonly kind: 'reloaded' } & ConfigChange)
  /** Nothing was taken over; the texts name place and key. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

export interface ConfigReloadParts {
  readonly file: ConfigFile;
  readonly path: string;
  readonly audit: (entry: NewAuditEntry) => Promise<void>;
  readonly logger: Logger;
}

/** Editors write in several steps; what follows within this time belongs together. */
const SETTLE_MS = 150;

export class ConfigReload {
  readonly #parts: ConfigReloadParts;
  readonly #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #problems: readonly string[] = [];
  #isStopped = false;

  constructor(parts: ConfigReloadParts) {
    this.#parts = parts;
  }

  /** Begins to watch. A directory that cannot be watched is logged; SIGHUP works all the same. */
  start(): void {
    const { path } = this.#parts;
    for (const file of new Set([path, realPath(path)])) this.#watch(file);
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.splice(0)) watcher.close();
    await this.#last;
  }

  /** Reads the file and takes over what can be. Does not reject for what is wrong with the file. */
  reload(cause: ReloadCause, actor: string): Promise<ReloadOutcome> {
    const reload = this.#last.then(() => this.#reload(cause, actor));
    this.#last = reload.catch(() => {}); // its caller hears of it; the next one reads the file anew
    return reload;
  }

  /** For the self-check. */
  warnings(): readonly SelfCheckWarning[] {
    const { waiting } = this.#parts.file;
    return [
      ...(this.#problems.length === 0 ? [] : [notApplied(this.#parts.path, this.#problems)]),
      ...(waiting.length === 0 ? [] : [restartPending(waiting)]),
    ];
  }

  async #reload(cause: ReloadCause, actor: string): Promise<ReloadOutcome> {
    const { file, audit, logger } = this.#parts;
    const before = { problems: this.#problems, waiting: file.waiting };
    const outcome = outcomeOf(await file.reload());
    this.#problems = outcome.kind === 'refused' ? outcome.problems : [];
    const isNews =
      !isDeepStrictEqual(before, { problems: this.#problems, waiting: file.waiting }) ||
      (outcome.kind === 'reloaded' && outcome.applied.length > 0);
    // The watcher notices every write, also those that were dealt with by whoever made them.
    if (cause === 'file' && !isNews) return outcome;
    const entry = { kind: 'operator', actor, action: 'config.reload' } as const;
    if (outcome.kind === 'refused') {
      logger.warn(
        { cause, problems: outcome.problems },
        'configuration not reloaded: the file cannot be used',
      );
      await audit({ ...entry, status: 'deny', detail: `${cause}; the file cannot be used` });
    } else {
      const { applied, restartRequired } = outcome;
      logger.info({ cause, applied, restartRequired }, 'configuration reloaded');
      await audit({ ...entry, status: 'ok', detail: `${cause}; ${describe(outcome)}` });
    }
    return outcome;
  }

  #watch(file: string): void {
    const { logger } = this.#parts;
    const name = basename(file);
    try {
      const watcher = watch(dirname(file), { persistent: false }, (_event, changed) => {
        if (changed === null || changed === name) this.#noticed();
      });
      watcher.on('error', (error) =>
        logger.warn({ err: error }, 'the configuration file is no longer watched'),
      );
      this.#watchers.push(watcher);
    } catch (error) {
      logger.warn(
        { detail: errorMessage(error) },
        'the configuration file cannot be watched; SIGHUP reloads it',
      );
    }
  }

  #noticed(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.reload('file', 'file').catch((error: unknown) => {
        this.#parts.logger.error({ err: error }, 'the configuration could not be reloaded');
      });
    }, SETTLE_MS);
    this.#timer.unref();
  }
}

function outcomeOf(state: ConfigState): ReloadOutcome {
  switch (state.kind) {
    case 'read':
      return { kind: 'reloaded', ...state.change };
    case 'unusable':
      return { kind: 'refused', problems: state.problems };
    default:
      return state satisfies never;
  }
}

/** The path itself when nothing is there yet: it may come. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function describe({ applied, restartRequired }: ConfigChange): string {
  const parts = [
    ...(applied.length === 0 ? [] : [`applied ${applied.join(', ')}`]),
    ...(restartRequired.length === 0 ? [] : [`waiting for a restart ${restartRequired.join(', ')}`]),
  ];
  return parts.length === 0 ? 'nothing changed' : parts.join('; ');
}

function notApplied(path: string, problems: readonly string[]): SelfCheckWarning {
  return {
    code: 'config_file_not_applied',
    severity: 'high',
    message:
      'The configuration file cannot be used: what was in force before still is, but not after a restart. ' +
      problems.join('; '),
    hint: `Correct ${path}; \`microclaw config check\` shows what is wrong. It is read again when it changes.`,
  };
}

function restartPending(keys: readonly string[]): SelfCheckWarning {
  return {
    code: 'config_restart_pending',
    severity: 'medium',
    message: `The file has changes that take a restart: ${keys.join(', ')}`,
    hint: 'Restart microclaw when it suits.',
  };
}
