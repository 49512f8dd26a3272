/**
 * Asks V8 for a full collection of the calling thread's heap: about 20 ms for the main thread's, less for smaller ones.
 * Loads nothing but modules of Node, and those when it is first needed, so that the database thread can use it and no
 * start waits for it.
 */
/** The collector. The flag adds it to contexts that are made later, so this one's globals stay as they are. */
export function findCollector(): () => void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  const { runInNewContext } = process.getBuiltinModule('node:vm');
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect !== 'function') return () => {};
  return () => void collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
