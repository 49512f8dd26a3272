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
  #heap: HeapPort | undefined;
  #usedAfterCollection: number | undefined;

  constructor(heap?: HeapPort) {
    this.#heap = heap;
  }

  /** Call while nobody waits. */
  tidy(): void {
    this.#heap ??= openThreadHeap();
    const used = this.#heap.used();
    // What starting has left is little here, and is taken along by the first collection.
    this.#usedAfterCollection ??= used;
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
