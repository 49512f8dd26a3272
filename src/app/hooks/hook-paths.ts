/** Where hooks and their state are, for the program and for `microclaw hooks`. */
import { join, resolve } from 'node:path';
import type { DataLayout } from '../data-layout.ts';

export interface HookPaths {
  /** Of equal names the hook of the earlier directory wins. */
  readonly roots: readonly string[];
  readonly stateFile: string;
}

/** `cwd` is the directory the program was started in. */
export function hookPaths(layout: Pick<DataLayout, 'dataRoot' | 'runtimeDir'>, cwd: string): HookPaths {
  return {
    roots: [join(layout.dataRoot, 'hooks'), resolve(cwd, 'hooks')],
    stateFile: join(layout.runtimeDir, 'hooks_state.json'),
  };
}
