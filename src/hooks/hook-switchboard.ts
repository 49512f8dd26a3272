/**
 * Shows all hooks with the state in force and switches them on and off, for the command line and the HTTP API.
 *
 * Invariants: changes of one process come one after another, so that none is lost; a state file that cannot be
 * understood is never overwritten; `list` answers whatever is wrong on disk and names it as a problem.
 */
import { hookErrors } from './errors.ts';
import { isEnabled } from './hook-catalog.ts';
import { byPriority, type HookDefinition } from './hook-definition.ts';
import { HookDiscovery, type HookProblem } from './hook-discovery.ts';
import { type HooksState, parseHooksState, renderHooksState } from './hooks-state.ts';

export interface HookSwitchboardOptions {
  /** Directories of hook directories; of equal names the one in the earlier root wins. */
  readonly roots: readonly string[];
  readonly stateFile: string;
  /** `channels.hooks.enabled`: whether hooks run at all. */
  readonly isOn: boolean;
  readonly files: {
    /** The text, or `undefined` when there is no such file. */
    read(path: string): Promise<string | undefined>;
    /** Replaces the file as a whole; creates its directory. */
    write(path: string, text: string): Promise<void>;
  };
}

export interface HookOverview {
  /** In the order they run; `enabled` is the state in force. */
  readonly hooks: readonly HookDefinition[];
  /** What cannot be used, or keeps hooks from running. */
  readonly problems: readonly HookProblem[];
}

const BAD_STATE = 'it is not an object of names and true or false';

export class HookSwitchboard {
  readonly #options: HookSwitchboardOptions;
  readonly #discovery: HookDiscovery;
  /** The latest change; the next one waits for it. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: HookSwitchboardOptions) {
    this.#options = options;
    this.#discovery = new HookDiscovery(options.roots);
  }

  /** The hooks on disk at this moment. */
  async list(): Promise<HookOverview> {
    const { isOn, stateFile } = this.#options;
    const [{ hooks, problems }, state] = await Promise.all([this.#discovery.scan(), this.#readState()]);
    const off = isOn
      ? []
      : [{ path: 'channels.hooks.enabled', reason: 'hooks are switched off; none of them runs' }];
    const badState = state === undefined ? [{ path: stateFile, reason: BAD_STATE }] : [];
    return {
      hooks: hooks.map((hook) => ({ ...hook, enabled: isEnabled(hook, state ?? {}) })).sort(byPriority),
      problems: [...off, ...badState, ...problems],
    };
  }

  /** One hook. Rejects with `MC_HOOKS_NOT_FOUND`. */
  async find(name: string): Promise<HookDefinition> {
    const { hooks } = await this.list();
    const hook = hooks.find((candidate) => candidate.name === name);
    if (hook === undefined) throw hookErrors.create('NOT_FOUND', `hook not found: ${name}`);
    return hook;
  }

  /**
   * Switches a hook on or off; the next event of a running server obeys. Rejects with `MC_HOOKS_NOT_FOUND`,
   * `MC_HOOKS_BAD_STATE_FILE` or the system's error; then nothing has changed.
   */
  async setEnabled(name: string, enabled: boolean): Promise<void> {
    const change = this.#changing.then(() => this.#change(name, enabled));
    this.#changing = change.catch(() => {}); // told to whoever asked for it; the next change still happens
    await change;
  }

  async #change(name: string, enabled: boolean): Promise<void> {
    const { stateFile, files } = this.#options;
    await this.find(name);
    const state = await this.#readState();
    if (state === undefined) throw hookErrors.create('BAD_STATE_FILE', `cannot understand ${stateFile}`);
    await files.write(stateFile, renderHooksState({ ...state, [name]: enabled }));
  }

  /** `undefined` when the file cannot be understood. */
  async #readState(): Promise<HooksState | undefined> {
    const text = await this.#options.files.read(this.#options.stateFile);
    return text === undefined ? {} : parseHooksState(text);
  }
}
