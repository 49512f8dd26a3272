/** The home directory of the user that runs the program. */
import { homedir } from 'node:os';
import { configErrors } from './errors.ts';

/** Raises `MC_CONFIG_NO_HOME` for a user whom the system does not know, as in a container that runs as any number. */
export function homeDirectory(): string {
  let home: string;
  try {
    home = homedir();
  } catch (cause) {
    throw noHome(cause);
  }
  if (home === '') throw noHome(); // `HOME=` would put everything into the working directory
  return home;
}

function noHome(cause?: unknown): Error {
  return configErrors.create('NO_HOME', 'this user has no home directory', { cause });
}
