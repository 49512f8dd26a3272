/**
 * Keeps the database thread's heap small. Rows and statements pass through it as garbage, and V8 lets them stay until a
 * heap several times as large is full: ten thousand turns left 8 MB. The main thread's keeper cannot collect them,
 * because every thread has a heap of its own.
 */
import { findCollector } from '../../observability/collector.ts';

/** Growth since the last collection that makes one worth its pause of a few milliseconds. */
const MIN_GARBAGE_BYTES = 2 * 1024 * 1024;

/** The thread's heap; tests bring their own. */
export interface HeapPort {
  /** Bytes of live and dead objects. */
  used(): number;
  collect(): void;
}

export class HeapTidying {
  readonly #heap: HeapPort;
  #usedAfterCollection: number;

  /** Make it before the thread works: what starting has left is little, and counts as living. */
  constructor(heap: HeapPort = openThreadHeap()) {
    this.#heap = heap;
    this.#usedAfterCollection = heap.used();
  }

  /** Call while nobody waits. */
  tidy(): void {
    const used = this.#heap.used();
    if (used - this.#usedAfterCollection < MIN_GARBAGE_BYTES) return;
    this.#heap.collect();
    this.#usedAfterCollection = this.#heap.used();
  }
}

function openThreadHeap(): HeapPort {
  let collect: (() => void) | undefined;
  return {
    used: () => process.memoryUsage().heapUsed,
    collect: () => {
      collect ??= findCollector();
      collect();
    },
  };
}
