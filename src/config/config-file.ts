/**
 * The configuration file of a running program: shown without credentials, changed in place.
 *
 * Invariants: changes are made one after the other; a change that does not give a valid configuration, or that was made
 * for an older state of the file (`If-Match`), writes nothing; what somebody else writes meanwhile is never lost; the
 * file appears complete or not at all, with mode 0600, and what was there before stays beside it as `<name>.bak`; a
 * symbolic link stays one. A file that was there and is gone is not an empty one: that would put every limit back to
 * its default.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { errorMessage } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { type Config, configSchema } from './config.ts';
import { patchConfig } from './config-patch.ts';
import { type ConfigProblem, formatProblem } from './config-problem.ts';
import { redactConfig } from './config-redaction.ts';
import { decodeConfig } from './config-text.ts';
import { changedKeys, editYaml } from './edit-yaml.ts';
import { configErrors } from './errors.ts';
import { type ConfigChange, compareConfigs } from './live-keys.ts';
import { checkText } from './load-config.ts';
import { mergeAliases } from './merge-aliases.ts';
import { writtenKeys } from './schema-walk.ts';
import { readYaml } from './yaml-source.ts';

type Tree = Readonly<Record<string, unknown>>;

/** Whoever loses this often against other writers is told. */
const MAX_ATTEMPTS = 20;

export interface ConfigFileOptions {
  /** The file the configuration came from; the one to create when there was none. */
  readonly path: string;
  /** Whether the configuration in force came from the file. */
  readonly wasRead?: boolean;
  /** The configuration that is in force, and the way to change it. */
  readonly live: LiveTarget;
  /** For credentials that are references. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a running program does with a new state of the file. */
export interface LiveTarget {
  readonly current: Config;
  /** Raises `MC_CONFIG_REJECTED` for a configuration that cannot be in force, now or after a restart. */
  check(next: Config): void;
  /** Takes over what can be changed while the program runs. Raises what `check` raises. */
  apply(next: Config): ConfigChange;
}

/** What became of the file when it was looked at. */
export type ConfigState =
  | { readonly kind: 'read'; readonly change: ConfigChange }
  /** Nothing was taken over; each text has place and key of one fault. */
  | { readonly kind: 'unusable'; readonly problems: readonly string[] };

export interface ConfigView {
  readonly path: string;
  /** Changes with every change of the file. */
  readonly etag: string;
  /** Every key with its value, credentials masked. */
  readonly config: Tree;
  /** Dotted keys that the file sets; the others have their default. */
  readonly writtenKeys: readonly string[];
  /** What is wrong or doubtful about the file, in its order; with an error among them it is not used. */
  readonly problems: readonly ConfigProblem[];
  /** The file says something else than what is in force. */
  readonly requiresRestart: boolean;
}

export interface ConfigUpdate {
  readonly path: string;
  readonly etag: string;
  readonly requiresRestart: boolean;
  /** Dotted keys of the file that have another value now. */
  readonly changed: readonly string[];
  /** Dotted keys whose new value is in force. */
  readonly applied: readonly string[];
  /** Dotted keys whose new value takes a restart. */
  readonly restartRequired: readonly string[];
  /** Fields of features that this version lacks. */
  readonly ignored: readonly string[];
}

export class ConfigFile {
  readonly #options: ConfigFileOptions;
  #last: Promise<unknown> = Promise.resolve();
  #waiting: readonly string[] = [];
  #wasRead: boolean;

  constructor(options: ConfigFileOptions) {
    this.#options = options;
    this.#wasRead = options.wasRead ?? false;
  }

  /** Dotted keys whose new value in the file takes a restart, as far as the file was looked at. */
  get waiting(): readonly string[] {
    return this.#waiting;
  }

  /** Looks at the file and takes over what can be. Does not reject for what is wrong with the file. */
  reload(): Promise<ConfigState> {
    return this.#next(() => this.#reload());
  }

  async #reload(): Promise<ConfigState> {
    const { path, live } = this.#options;
    try {
      const { config, problems } = await this.#check(await this.#read());
      if (config === undefined) {
        const errors = problems.filter(({ severity }) => severity === 'error');
        return { kind: 'unusable', problems: errors.map((problem) => formatProblem(problem, path)) };
      }
      return { kind: 'read', change: this.#noteChange(live.apply(config)) };
    } catch (error) {
      if (!configErrors.is(error, 'REJECTED') && !configErrors.is(error, 'UNREADABLE')) throw error;
      return { kind: 'unusable', problems: [errorMessage(error)] };
    }
  }

  #noteChange(change: ConfigChange): ConfigChange {
    this.#waiting = change.restartRequired;
    return change;
  }

  #next<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#last.then(work);
    this.#last = answer.catch(() => {}); // its caller hears of it; the next one goes on from the file
    return answer;
  }

  /** What the file says; what is in force when the file cannot be used. Rejects with `MC_CONFIG_UNREADABLE`. */
  async view(): Promise<ConfigView> {
    const { path, live } = this.#options;
    const text = await this.#read();
    const { config, problems } = await this.#check(text);
    const source = await readYaml(text);
    const written = source.value === undefined ? {} : mergeAliases(source.value).root;
    return {
      path,
      etag: etagOf(text),
      config: asTree(redactConfig(config ?? live.current, written)),
      writtenKeys: writtenKeys(configSchema, asTree(written)),
      problems: problems.map(withoutQuotation),
      requiresRestart:
        config === undefined || compareConfigs(live.current, config).restartRequired.length > 0,
    };
  }

  /**
   * Applies a patch. Rejects with `MC_CONFIG_REJECTED` when the result would not be valid, `MC_CONFIG_STALE` when
   * `ifMatch` is not the file's tag, `MC_CONFIG_UNREADABLE` or `MC_CONFIG_NOT_WRITTEN`; then nothing was changed.
   */
  update(patch: Tree, ifMatch?: string): Promise<ConfigUpdate> {
    return this.#next(() => this.#updateNewest(patch, ifMatch));
  }

  /** A change that was not made for a certain state is made again on top of what somebody else wrote meanwhile. */
  async #updateNewest(patch: Tree, ifMatch: string | undefined): Promise<ConfigUpdate> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#update(patch, ifMatch);
      } catch (error) {
        const isOver = ifMatch !== undefined || attempt === MAX_ATTEMPTS;
        if (isOver || !configErrors.is(error, 'STALE')) throw error;
      }
    }
  }

  async #update(patch: Tree, ifMatch: string | undefined): Promise<ConfigUpdate> {
    const { path, live } = this.#options;
    const text = await this.#read();
    if (ifMatch !== undefined && !matchesTag(ifMatch, etagOf(text))) throw changedMeanwhile();
    const { raw, current } = await readRoots(text);
    const shown = await this.#shown(text, current);
    const { root, ignored } = patchConfig(current, patch, shown);
    const changed = changedKeys(current, root);
    if (changed.length === 0) {
      const { etag, requiresRestart } = await this.view();
      return { path, etag, requiresRestart, changed, applied: [], restartRequired: [], ignored };
    }
    const edited = await editYaml(text, raw, withoutUntouched(raw, current, root));
    const { config, problems } = await this.#check(edited);
    if (config === undefined) {
      const errors = problems.filter(({ severity }) => severity === 'error');
      throw configErrors.create('REJECTED', errors.map(naming).join('\n'));
    }
    live.check(config);
    await this.#write(text, edited);
    const { applied, restartRequired } = this.#noteChange(live.apply(config));
    return {
      path,
      etag: etagOf(edited),
      requiresRestart: restartRequired.length > 0,
      changed,
      applied,
      restartRequired: restartRequired.filter((key) => isAmong(changed, key)),
      ignored,
    };
  }

  /** What clients see of the file's values. */
  async #shown(text: string, current: Tree): Promise<Tree> {
    const { config } = await this.#check(text);
    return asTree(redactConfig(config ?? current, current));
  }

  #check(text: string) {
    return checkText(text, { env: this.#options.env, baseDir: dirname(this.#options.path) });
  }

  /** The file's text; empty when there is no file yet. */
  async #read(): Promise<string> {
    const { path } = this.#options;
    let bytes: Buffer;
    try {
      bytes = await readFile(path);
    } catch (cause) {
      if (isMissing(cause) && !this.#wasRead) return '';
      const details = isMissing(cause) ? { cause, hint: PUT_BACK } : { cause };
      const reason = isMissing(cause) ? 'it was there and is gone' : errorMessage(cause);
      throw configErrors.create('UNREADABLE', `cannot read ${path}: ${reason}`, details);
    }
    this.#wasRead = true;
    return decodeConfig(bytes, path);
  }

  /** Rejects with `MC_CONFIG_STALE` when the file does not say `before` any more. */
  async #write(before: string, after: string): Promise<void> {
    const { path } = this.#options;
    try {
      const target = await realpath(path).catch(() => path); // not there yet: made under its own name
      const owner = await ownerOf(target);
      if (before !== '') await replaceFile(`${target}.bak`, before, owner);
      await replaceFile(target, after, owner, () => {
        if (textNow(target) !== before) throw changedMeanwhile();
      });
    } catch (cause) {
      if (configErrors.is(cause, 'STALE')) throw cause;
      const details = isBusy(cause) ? { cause, hint: MOUNTED } : { cause };
      throw configErrors.create('NOT_WRITTEN', `cannot write ${path}: ${errorMessage(cause)}`, details);
    }
    this.#wasRead = true;
  }
}

const PUT_BACK =
  'Put it back: `<file>.bak` beside it, if there is one, holds the state before the last change.';
const MOUNTED = 'A file that is mounted on its own cannot be replaced: mount the directory it is in instead.';

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EBUSY';
}

function changedMeanwhile(): Error {
  return configErrors.create('STALE', 'the configuration was changed by somebody else meanwhile');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function textNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

/** The values of a text as they stand there, and with canonical keys. */
async function readRoots(text: string): Promise<{ readonly raw: Tree; readonly current: Tree }> {
  const { value, problems } = await readYaml(text);
  const canonical = value === undefined ? undefined : mergeAliases(value).root;
  if (!isRecord(value) || !isRecord(canonical)) {
    const reason = problems[0]?.message ?? 'its root is not a mapping';
    throw configErrors.create('REJECTED', `the configuration file cannot be changed: ${reason}`);
  }
  return { raw: value, current: canonical };
}

/** Older names of keys stay as they are unless their section changed; then the section gets its present name. */
function withoutUntouched(raw: Tree, current: Tree, next: Tree): Tree {
  const aliased = ['provider_presets', 'observability', 'channels'] as const;
  const isTouched = aliased.some((key) => !isDeepStrictEqual(current[key], next[key]));
  if (isTouched) return next;
  const kept = ['llm_providers', ...aliased].filter((key) => raw[key] !== undefined);
  const rest = Object.entries(next).filter(([key]) => !aliased.some((name) => name === key));
  return Object.fromEntries([...rest, ...kept.map((key) => [key, raw[key]] as const)]);
}

/** Problems without a key are the parser's, whose words can repeat what stands in the file: a credential, too. */
function withoutQuotation(problem: ConfigProblem): ConfigProblem {
  if (problem.key !== '') return problem;
  return { ...problem, message: 'This is not the YAML it should be; `microclaw config check` says why.' };
}

/** The message of a problem, beginning with its key where it does not name it: forms show it beside the key. */
function naming({ key, message }: ConfigProblem): string {
  return key === '' || message.includes(`\`${key}`) ? message : `\`${key}\`: ${message}`;
}

/** Whether a key is one of some keys, or stands below or above one. */
function isAmong(keys: readonly string[], key: string): boolean {
  return keys.some((other) => other === key || key.startsWith(`${other}.`) || other.startsWith(`${key}.`));
}

function asTree(value: unknown): Tree {
  return isRecord(value) ? value : {};
}

/** `If-Match` of RFC 9110 §13.1.1: `*`, or a list with the very tag; weak tags match nothing. */
function matchesTag(ifMatch: string, etag: string): boolean {
  return ifMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim() === etag);
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Of the file, else of its directory: what root writes must not become root's, or the program cannot read it. */
async function ownerOf(path: string): Promise<Owner | undefined> {
  for (const place of [path, dirname(path)]) {
    try {
      return await stat(place);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
}

/** Temporary file in the same directory, flushed, renamed in the same breath as `lastLook`, which may throw. */
async function replaceFile(
  path: string,
  text: string,
  owner: Owner | undefined,
  lastLook: () => void = () => {},
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      if (owner !== undefined && process.getuid?.() === 0) await file.chown(owner.uid, owner.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    lastLook();
    renameSync(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
}
