/** The hooks of an installation, to be shown and switched by the HTTP API and by `microclaw hooks`. */
import type { Config } from '../../config/config.ts';
import { HookSwitchboard } from '../../hooks/hook-switchboard.ts';
import { readFileIfPresent, writeFileAtomic } from '../../tools/chat-files/atomic-file.ts';
import type { DataLayout } from '../data-layout.ts';
import { hookPaths } from './hook-paths.ts';

/** Looks at no file yet. `cwd` is the directory the program was started in. */
export function createHookSwitchboard(config: Config, layout: DataLayout, cwd: string): HookSwitchboard {
  return new HookSwitchboard({
    ...hookPaths(layout, cwd),
    isOn: config.channels.hooks.enabled,
    files: { read: readFileIfPresent, write: writeFileAtomic },
  });
}
