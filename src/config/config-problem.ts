/** What is wrong with a configuration, in a form for people and for `--json`. */

/** A key or an index per level. */
export type ConfigPath = readonly (string | number)[];

/** One finding. Lines and columns count from 1 and are absent when a place cannot be named. */
export interface ConfigProblem {
  /** An `error` keeps the program from starting. */
  readonly severity: 'error' | 'warning';
  /** `provider_presets.local.api_key`, `model_prices[0].model`; empty for the file as a whole. */
  readonly key: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** A path in the notation of messages. */
export function formatPath(path: ConfigPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** `<file>:<line>:<column>: <message>`, without the parts that are unknown. */
export function formatProblem(problem: ConfigProblem, file: string | null): string {
  const place = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`;
  return file === null ? problem.message : `${file}${place}: ${problem.message}`;
}
