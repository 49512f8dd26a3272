/**
 * Random bytes straight from the operating system's generator, without `node:crypto`: loading that module takes a start
 * some ten milliseconds, and most starts need nothing else of it before the first answer.
 *
 * Invariant: the bytes are fit for credentials. They come from the system's generator or from `node:crypto`, never from
 * a file that only stands in its place.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Linux and macOS have it; what is read from it is as good as `getrandom(2)` once the system has booted. */
const GENERATOR = '/dev/urandom';

/** `count` random bytes; waits for nothing. */
export function systemRandomBytes(count: number, generator = GENERATOR): Buffer {
  return readGenerator(count, generator) ?? process.getBuiltinModule('node:crypto').randomBytes(count);
}

function readGenerator(count: number, path: string): Buffer | undefined {
  const file = openGenerator(path);
  if (file === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(count);
    const isGenerator = fstatSync(file).isCharacterDevice();
    return isGenerator && readSync(file, bytes) === count ? bytes : undefined;
  } finally {
    closeSync(file);
  }
}

/** `undefined` where the system has none (Windows) or keeps it from this process. */
function openGenerator(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
