/**
 * How the calls of one message are ordered: a maximal run of consecutive read-only calls is one wave and runs in
 * parallel; every other call is a wave of its own. The model's order is kept across waves (DESIGN §7.14).
 */
import type { ConcurrencyClass } from './tool.ts';

/** Splits `items` into waves, in order. */
export function planWaves<Item>(
  items: readonly Item[],
  classOf: (item: Item) => ConcurrencyClass,
): readonly (readonly Item[])[] {
  const waves: Item[][] = [];
  let open: Item[] | undefined;
  for (const item of items) {
    if (classOf(item) !== 'read_only') {
      waves.push([item]);
      open = undefined;
    } else if (open === undefined) {
      open = [item];
      waves.push(open);
    } else {
      open.push(item);
    }
  }
  return waves;
}

/**
 * Runs `task` over `items`, at most `limit` at a time. After a rejection or an abort no further task is begun; the
 * promise settles only when every begun task has, and then rejects with the first failure. Tasks that were never
 * begun leave `undefined` at their place.
 */
export async function runLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal,
  task: (item: Item) => Promise<Result>,
): Promise<readonly (Result | undefined)[]> {
  const results = new Array<Result | undefined>(items.length).fill(undefined);
  const failures: unknown[] = [];
  let next = 0;
  const worker = async () => {
    while (failures.length === 0 && !signal.aborted) {
      const index = next;
      next += 1;
      const item = items[index];
      if (item === undefined) return;
      try {
        results[index] = await task(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
