/** Identifiers. Random ids come from the operating system's generator; tests pass their own source. */
import { randomBytes, randomUUID } from 'node:crypto';

export interface IdSource {
  /** A version 4 UUID; used for run ids and message ids. */
  uuid(): string;
  /** `bytes` random bytes as lower-case hex. */
  hex(bytes: number): string;
}

export const systemIds: IdSource = {
  uuid: () => randomUUID(),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
};
