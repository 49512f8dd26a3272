/** The configuration file as the routes use it. */
import type { ConfigFile } from '../config/config-file.ts';
import type { ConfigChange } from '../config/live-keys.ts';

export interface ConfigPort extends Pick<ConfigFile, 'view' | 'update'> {
  /** Reads the file again and takes over what can be; `problems` when it cannot be used. Audited with the actor. */
  reload(
    actor: string,
  ): Promise<
    | ({ readonly kind: 'reloaded' } & ConfigChange)
    | { readonly kind: 'refused'; readonly problems: readonly string[] }
  >;
  /** Names of identity files, sorted. */
  soulFiles(): Promise<readonly string[]>;
}
