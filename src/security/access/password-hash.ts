/**
 * Hashing of the operator's password with Argon2id (RFC 9106), stored as a PHC string.
 *
 * Invariants: hashing runs on the thread pool, never on the event loop; digests are compared in constant time; a
 * stored string with absurd parameters is refused instead of computed. The legacy form
 * `v1$<salt>$<hex sha256("<salt>:<password>")>` is accepted and reported as due for a new hash.
 */
import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}

/**
 * About 50 ms on a small server; the OWASP minimum for Argon2id with the most memory. glibc gives blocks above 32 MiB
 * back to the system as soon as they are freed; smaller ones, of a cost with more passes, stay with each thread that
 * ever hashed, so that a flood of logins would grow the program by more than 100 MB.
 */
export const DEFAULT_ARGON2_COST: Argon2Cost = { memoryKiB: 47_104, passes: 1, parallelism: 1 };

const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Limits for stored strings, so that a tampered one cannot exhaust the machine. */
const MAX_MEMORY_KIB = 1_048_576;
const MAX_PASSES = 64;
const MAX_PARALLELISM = 16;

export type PasswordCheck =
  | {
      readonly kind: 'match';
      /** The stored form is older or cheaper than what would be written today. */
      readonly needsRehash: boolean;
    }
  | { readonly kind: 'mismatch' }
  /** The stored text is no hash this program can read; nothing can match it. */
  | { readonly kind: 'unreadable' };

/** An Argon2id PHC string with a fresh salt. */
export async function hashPassword(
  password: string,
  cost: Argon2Cost = DEFAULT_ARGON2_COST,
): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(password, salt, cost, TAG_BYTES);
  const parameters = `m=${cost.memoryKiB},t=${cost.passes},p=${cost.parallelism}`;
  return `$argon2id$v=19$${parameters}$${unpaddedBase64(salt)}$${unpaddedBase64(tag)}`;
}

/** Compares a password with a stored hash, Argon2id or legacy. */
export async function checkPassword(
  password: string,
  stored: string,
  cost: Argon2Cost = DEFAULT_ARGON2_COST,
): Promise<PasswordCheck> {
  if (stored.startsWith('v1$')) return checkLegacy(password, stored);
  const parsed = parsePhc(stored);
  if (parsed === undefined) return { kind: 'unreadable' };
  const tag = await derive(password, parsed.salt, parsed.cost, parsed.tag.length);
  if (!timingSafeEqual(tag, parsed.tag)) return { kind: 'mismatch' };
  const cheaper = parsed.cost.memoryKiB < cost.memoryKiB || parsed.cost.passes < cost.passes;
  return { kind: 'match', needsRehash: cheaper };
}

interface ParsedPhc {
  readonly cost: Argon2Cost;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const PHC = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,4})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parsePhc(stored: string): ParsedPhc | undefined {
  const match = PHC.exec(stored);
  if (match === null) return undefined;
  const [, memory, passes, parallelism, salt, tag] = match;
  const parsed: ParsedPhc = {
    cost: { memoryKiB: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt ?? '', 'base64'),
    tag: Buffer.from(tag ?? '', 'base64'),
  };
  return isReasonable(parsed) ? parsed : undefined;
}

function isReasonable({ cost, salt, tag }: ParsedPhc): boolean {
  const { memoryKiB, passes, parallelism } = cost;
  if (parallelism < 1 || parallelism > MAX_PARALLELISM || passes < 1 || passes > MAX_PASSES) return false;
  if (memoryKiB < 8 * parallelism || memoryKiB > MAX_MEMORY_KIB) return false;
  return salt.length >= 8 && salt.length <= 64 && tag.length >= 16 && tag.length <= 64;
}

function checkLegacy(password: string, stored: string): PasswordCheck {
  const [, salt, hex, ...rest] = stored.split('$');
  if (salt === undefined || hex === undefined || rest.length > 0 || !/^[0-9a-f]{64}$/i.test(hex)) {
    return { kind: 'unreadable' };
  }
  const digest = createHash('sha256').update(`${salt}:${password}`, 'utf8').digest();
  return timingSafeEqual(digest, Buffer.from(hex, 'hex'))
    ? { kind: 'match', needsRehash: true }
    : { kind: 'mismatch' };
}

function derive(password: string, salt: Buffer, cost: Argon2Cost, tagLength: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2(
      'argon2id',
      {
        message: Buffer.from(password, 'utf8'),
        nonce: salt,
        memory: cost.memoryKiB,
        passes: cost.passes,
        parallelism: cost.parallelism,
        tagLength,
      },
      (error, tag) => (error === null ? resolve(tag) : reject(error)),
    );
  });
}

function unpaddedBase64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
