/** The clock for durations. */

const NANOSECONDS_PER_MS = 1e6;

/**
 * Milliseconds since some moment, with fractions; never goes back. As `performance.now()`, which loads seven modules of
 * Node at its first call, in each thread anew.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / NANOSECONDS_PER_MS;
}
