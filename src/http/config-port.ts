/** The configuration file as the routes use it. */
import type { ConfigFile } from '../config/config-file.ts';

export interface ConfigPort extends Pick<ConfigFile, 'view' | 'update'> {
  /** Names of identity files, sorted. */
  soulFiles(): Promise<readonly string[]>;
}
