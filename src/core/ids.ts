/** Identifiers. Random ids come from the operating system's generator; tests pass their own source. */
import { randomBytes, randomUUID } from 'node:crypto';

export interface IdSource {
  /** A version 4 UUID (RFC 9562 §5.4): 122 random bits, for what must not be guessed. */
  uuid(): string;
  /**
   * A version 7 UUID (RFC 9562 §5.7), for rows: begins with the time in milliseconds, so that rows made one after the
   * other stand beside each other in an index, however large it is.
   */
  rowId(): string;
  /** `bytes` random bytes as lower-case hex. */
  hex(bytes: number): string;
}

/** Characters of the time in a version 7 UUID, without the hyphen. */
const TIME_LENGTH = 12;

export const systemIds: IdSource = {
  uuid: () => randomUUID(),
  rowId: () => timedUuid(Date.now(), randomUUID()),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
};

/** The version 7 UUID of a time in milliseconds, its random part taken from a version 4 UUID. */
export function timedUuid(nowMs: number, random: string): string {
  const time = nowMs.toString(16).padStart(TIME_LENGTH, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
