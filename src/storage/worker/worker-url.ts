/** Where the database thread's program is: beside this file in the sources, beside the bundle in a release. */

/**
 * The default for `StorageOptions.workerUrl`. Sources are `.ts` files; a release has this module inside a bundled
 * chunk and the thread's program as `storage-worker.js` in the same directory.
 */
export function defaultWorkerUrl(moduleUrl: string = import.meta.url): URL {
  const name = moduleUrl.endsWith('.ts') ? './storage-worker.ts' : './storage-worker.js';
  return new URL(name, moduleUrl);
}
