/**
 * Gives back the memory that only starting needed. V8 keeps the garbage of module loading, several megabytes, until
 * enough new garbage appears, and a server that waits for its first message makes none.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Late enough to be after the first requests of a browser that was waiting for the server. */
const DELAY_MS = 3000;

/** Collects once, a few seconds from now. The pause is about 20 ms. Does not keep the process alive. */
export function releaseStartupMemory(delayMs = DELAY_MS): void {
  setTimeout(() => {
    // The flag adds `gc` to contexts that are made later, so this one's globals stay as they are.
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, delayMs).unref();
}
