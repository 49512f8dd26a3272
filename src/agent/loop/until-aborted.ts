/** Waits for work of others inside a turn, but never longer than the turn may go on. */

/**
 * Settles as `work` does; rejects with the signal's reason when it is aborted first. The work is not stopped by this:
 * who does it should watch the signal too.
 */
export async function untilAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
