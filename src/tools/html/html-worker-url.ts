/** Where the converting thread's program is: beside this file in the sources, beside the bundle in a release. */

/** Sources are `.ts` files; a release has this module inside a bundled chunk and the program in the same directory. */
export function defaultHtmlWorkerUrl(moduleUrl: string = import.meta.url): URL {
  const name = moduleUrl.endsWith('.ts') ? './html-worker.ts' : './html-worker.js';
  return new URL(name, moduleUrl);
}
