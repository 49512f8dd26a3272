/** Ids that no other browser makes. */

const BYTES = 16;

/**
 * 128 random bits in hex. `crypto.randomUUID` is missing on pages that are not served securely, as in a home network.
 */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
