/**
 * Asks V8 for a full collection of the calling thread's heap: about 20 ms for the main thread's, less for smaller ones.
 * Loads nothing but `node:` modules, so that the database thread can use it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The collector. The flag adds it to contexts that are made later, so this one's globals stay as they are. */
export function findCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect !== 'function') return () => {};
  return () => void collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
