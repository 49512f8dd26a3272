/**
 * Hashing and comparing of secrets.
 *
 * Invariant: how long a comparison takes says nothing about where two secrets differ, nor about their lengths: both
 * sides are hashed first and the digests compared.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of the UTF-8 text as lower-case hex. How tokens are stored; not for passwords. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Whether two secrets are equal, in time that does not depend on their contents. */
export function equalsConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
