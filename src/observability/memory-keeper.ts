/**
 * Keeps the process small. V8's defaults trade memory for speed: the garbage of module loading stays until much more
 * of it appears, a busy heap may grow to four times what lives in it, and a heap that was busy once stays large.
 *
 * - Once the program runs, V8 is told to collect the old generation when it has doubled. Measured at sixteen busy
 *   sessions: growing by a third costs a fifth of the throughput and saves nothing, because V8 keeps the freed pages.
 * - A finished job of V8's middle compiler (Maglev) is freed where its code is installed, not by a background task.
 *   That task begins only when no job waits to be compiled: a program that has just become busy compiles some 250
 *   functions within a second and keeps the working memory of all of them. What was allocated between these pieces kept
 *   15 to 40 MB of them from going back to the system ever after.
 * - When the program has nothing to do and has made garbage, it is collected, so that no pause hits a turn.
 */
import { flushCompileCache } from 'node:module';
import { findCollector } from './collector.ts';

/** What the keeper looks at and does; tests bring their own. */
export interface MemoryPort {
  /** Bytes of live and dead objects. */
  heapUsed(): number;
  /** Processor time of this process so far, in milliseconds. */
  cpuMs(): number;
  /** A full collection; about 20 ms. */
  collect(): void;
}

export interface MemoryKeeperOptions {
  readonly port?: MemoryPort;
  /** Time between two looks. Default 2000. */
  readonly intervalMs?: number;
}

export interface MemoryKeeper {
  /** Idempotent. */
  stop(): void;
}

const INTERVAL_MS = 2000;
/**
 * The moments after a start belong to whoever waited for it; much later, work that came at once would be at its peak.
 */
const TUNING_DELAY_MS = 100;
/** How much the old generation may grow over what survived the last collection. */
const HEAP_GROWTH_PERCENT = 100;
/** Share of one processor below which the program counts as idle. */
const IDLE_SHARE = 0.05;
/** Growth of the heap since the last collection that makes one worth its pause. */
const MIN_GARBAGE_BYTES = 4 * 1024 * 1024;

/** Starts keeping, a moment later; it collects at the first interval at the earliest. */
export function startMemoryKeeper(options: MemoryKeeperOptions = {}): MemoryKeeper {
  const { intervalMs = INTERVAL_MS } = options;
  let port = options.port;
  let lastCpuMs = Number.NEGATIVE_INFINITY;
  // The first collection takes what starting has left behind.
  let heapAfterCollection = 0;
  const timer = setInterval(() => {
    port ??= openProcessMemory();
    const cpuMs = port.cpuMs();
    const isIdle = cpuMs - lastCpuMs < intervalMs * IDLE_SHARE;
    lastCpuMs = cpuMs;
    if (!isIdle || port.heapUsed() - heapAfterCollection < MIN_GARBAGE_BYTES) return;
    port.collect();
    heapAfterCollection = port.heapUsed();
    lastCpuMs = port.cpuMs();
  }, intervalMs);
  const tuning = setTimeout(options.port === undefined ? tuneV8 : () => {}, TUNING_DELAY_MS);
  // Nothing to do is no reason to stay alive.
  timer.unref();
  tuning.unref();
  const stop = () => {
    clearInterval(timer);
    clearTimeout(tuning);
  };
  return { stop };
}

/** How V8 uses memory from now on; the flags belong to the whole process. */
function tuneV8(): void {
  // V8 looks compiled code up by the flags it was stored under, so what was compiled so far is stored before they
  // change.
  flushCompileCache();
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  setFlagsFromString('--no-maglev-destroy-on-background');
}

function openProcessMemory(): MemoryPort {
  const collect = findCollector();
  return {
    heapUsed: () => process.memoryUsage().heapUsed,
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    collect,
  };
}
