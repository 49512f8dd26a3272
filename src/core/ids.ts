/** Identifiers. Random ids come from the operating system's generator; tests pass their own source. */
import { randomUUID } from 'node:crypto';
import { systemRandomBytes } from './system-random.ts';

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
const UUID_BYTES = 16;
/** Where RFC 9562 puts version and variant. */
const VERSION_BYTE = 6;
const VARIANT_BYTE = 8;

export const systemIds: IdSource = {
  uuid: () => randomUuid(systemRandomBytes(UUID_BYTES)),
  rowId: () => timedUuid(Date.now(), randomUUID()),
  hex: (bytes) => systemRandomBytes(bytes).toString('hex'),
};

/** The version 4 UUID with these 16 bytes, of which six bits give way to version and variant. */
function randomUuid(bytes: Buffer): string {
  const version = bytes.readUInt8(VERSION_BYTE) & 0x0f;
  const variant = bytes.readUInt8(VARIANT_BYTE) & 0x3f;
  bytes.writeUInt8(version | 0x40, VERSION_BYTE);
  bytes.writeUInt8(variant | 0x80, VARIANT_BYTE);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The version 7 UUID of a time in milliseconds, its random part taken from a version 4 UUID. */
export function timedUuid(nowMs: number, random: string): string {
  const time = nowMs.toString(16).padStart(TIME_LENGTH, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
