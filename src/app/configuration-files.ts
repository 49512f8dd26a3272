/**
 * The files that hold the configuration with its credentials: the file itself, and what was there before its last
 * change (`<name>.bak`), beside the file that a link leads to.
 */
import { realpathSync } from 'node:fs';

/** Absolute paths, existing or not; none without a configuration file. */
export function configurationFiles(configPath: string | null): readonly string[] {
  return configPath === null ? [] : [configPath, `${realPathIfPresent(configPath)}.bak`];
}

function realPathIfPresent(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file; // not there yet: its backup will be made under its own name
  }
}
