/**
 * Starts the program: the database first, in a thread that was started ahead, then everything else while the database
 * is being opened.
 */

import type { StorageThread } from '../storage/worker/storage-thread.ts';
import type { ApplicationOptions, RunningApplication } from './application.ts';
import { openDatabase } from './open-database.ts';

/**
 * Rejects with `MC_STORAGE_*`, `MC_HTTP_PORT_IN_USE`, `MC_HTTP_LISTEN_FAILED`, `MC_LLM_NOT_CONFIGURED` or
 * `MC_APP_UNSAFE_BIND`; then nothing is left open.
 */
export async function startApplication(
  options: Omit<ApplicationOptions, 'database'>,
  thread: StorageThread,
): Promise<RunningApplication> {
  const database = openDatabase(options.config, thread);
  const { runApplication } = await import('./application.ts');
  return runApplication({ ...options, database });
}
