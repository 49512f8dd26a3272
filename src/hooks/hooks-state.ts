/**
 * `hooks_state.json`: `{"<hook>": true|false}`, what the operator switched on or off. It wins over the HOOK.md.
 *
 * Invariants: the file is read again whenever it has changed, so that a change acts on the next event; a file that
 * cannot be understood leaves the last good state in force.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { errorMessage } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { lazy } from '../core/lazy.ts';
import { fileStamp } from './file-stamp.ts';

/** Names with the state they were given. */
export type HooksState = Readonly<Record<string, boolean>>;

const stateSchema = lazy(() => z.record(z.string(), z.boolean()));

/** Undefined when the text is not such an object. */
export function parseHooksState(text: string): HooksState | undefined {
  const parsed = stateSchema().safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

/** The text of the file, names sorted. */
export function renderHooksState(state: HooksState): string {
  const entries = Object.entries(state).sort(([left], [right]) => (left < right ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

export class HooksStateFile {
  readonly #path: string;
  readonly #onProblem: (reason: string) => void;
  #stamp: string | undefined;
  #state: HooksState = {};

  /** `onProblem` is told once per version of the file. */
  constructor(path: string, onProblem: (reason: string) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
  }

  /** The state as the file has it now. */
  async read(): Promise<HooksState> {
    const stamp = fileStamp(this.#path)?.stamp;
    if (stamp === undefined) {
      this.#stamp = undefined;
      this.#state = {};
    } else if (stamp !== this.#stamp) {
      await this.#load();
      this.#stamp = stamp;
    }
    return this.#state;
  }

  async #load(): Promise<void> {
    try {
      const state = parseHooksState(await readFile(this.#path, 'utf8'));
      if (state === undefined) this.#onProblem('it is not an object of names and true or false');
      else this.#state = state;
    } catch (error) {
      this.#onProblem(errorMessage(error));
    }
  }
}
