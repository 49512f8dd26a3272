/**
 * Converts pages in one worker thread.
 *
 * Invariants: jobs run one at a time, in order; a job that takes too long, or is aborted, ends the thread, and the
 * next job gets a new one; a thread without work ends after a while, because its libraries and heap are large; the
 * thread never keeps the program alive.
 */
import { Worker } from 'node:worker_threads';
import { errorMessage } from '../../core/errors.ts';
import { htmlErrors } from './errors.ts';
import type { ConvertAnswer, ConvertJob } from './html-worker-protocol.ts';
import { defaultHtmlWorkerUrl } from './html-worker-url.ts';

/** More of a page is not looked at: a tree takes some hundred times the memory of its text. Bytes. */
export const MAX_HTML_BYTES = 1_048_576;
const MAX_RESULT_CHARS = 262_144;
const MAX_HEAP_MB = 384;

export interface HtmlConverterOptions {
  /** For one page, in milliseconds. */
  readonly jobTimeoutMs?: number;
  /** How long a thread without work is kept, in milliseconds. */
  readonly idleMs?: number;
  readonly workerUrl?: URL;
}

export interface PageSource {
  readonly bytes: Uint8Array;
  readonly charset?: string | undefined;
  readonly url: string;
}

export interface ConvertedPage {
  readonly title: string;
  readonly markdown: string;
}

interface PendingJob {
  readonly job: ConvertJob;
  resolve(page: ConvertedPage): void;
  reject(error: unknown): void;
}

export class HtmlConverter {
  readonly #options: Required<HtmlConverterOptions>;
  readonly #queue: PendingJob[] = [];
  #running: PendingJob | undefined;
  #worker: Worker | undefined;
  /** The limit of the running job, or the end of an idle thread. */
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;
  #closed = false;

  constructor(options: HtmlConverterOptions = {}) {
    this.#options = {
      jobTimeoutMs: options.jobTimeoutMs ?? 10_000,
      idleMs: options.idleMs ?? 60_000,
      workerUrl: options.workerUrl ?? defaultHtmlWorkerUrl(),
    };
  }

  /** Whether a thread exists now. */
  get isActive(): boolean {
    return this.#worker !== undefined;
  }

  /** Raises `MC_HTML_*`; rejects with the signal's reason when aborted. */
  async convert(source: PageSource, signal: AbortSignal): Promise<ConvertedPage> {
    signal.throwIfAborted();
    if (this.#closed) throw htmlErrors.create('CLOSED', 'the page converter is closed');
    const { promise, resolve, reject } = Promise.withResolvers<ConvertedPage>();
    const job = {
      id: this.#nextId,
      bytes: source.bytes.subarray(0, MAX_HTML_BYTES),
      charset: source.charset,
      url: source.url,
      maxChars: MAX_RESULT_CHARS,
    };
    this.#nextId += 1;
    const pending = { job, resolve, reject };
    const onAbort = () => this.#cancel(pending, signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#queue.push(pending);
    this.#startNext();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Rejects what is waiting and ends the thread. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#queue.splice(0), ...(this.#running === undefined ? [] : [this.#running])];
    const worker = this.#dropWorker();
    for (const { reject } of waiting) reject(htmlErrors.create('CLOSED', 'the page converter is closed'));
    await worker?.terminate();
  }

  #startNext(): void {
    const next = this.#running === undefined ? this.#queue.shift() : undefined;
    if (next === undefined) return;
    this.#running = next;
    const worker = this.#worker ?? this.#startWorker();
    this.#setTimer(this.#options.jobTimeoutMs, () => {
      const seconds = this.#options.jobTimeoutMs / 1000;
      this.#abandon(htmlErrors.create('TOO_SLOW', `the page took longer than ${seconds} s to convert`));
    });
    worker.postMessage(next.job);
  }

  #startWorker(): Worker {
    const worker = new Worker(this.#options.workerUrl, {
      name: 'html',
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    worker.unref();
    worker.on('message', (answer: ConvertAnswer) => this.#finish(worker, answer));
    worker.on('error', (error) => {
      if (worker !== this.#worker) return;
      const reason = `the page could not be converted: ${errorMessage(error)}`;
      this.#abandon(htmlErrors.create('FAILED', reason, { cause: error }));
    });
    this.#worker = worker;
    return worker;
  }

  #finish(worker: Worker, answer: ConvertAnswer): void {
    const running = this.#running;
    if (worker !== this.#worker || running?.job.id !== answer.id) return; // the answer of an abandoned job
    this.#running = undefined;
    this.#setTimer(this.#options.idleMs, () => void this.#dropWorker()?.terminate());
    switch (answer.kind) {
      case 'converted':
        running.resolve({ title: answer.title, markdown: answer.markdown });
        break;
      case 'failed':
        running.reject(htmlErrors.create('FAILED', `the page could not be converted: ${answer.reason}`));
        break;
      default:
        answer satisfies never;
    }
    this.#startNext();
  }

  #cancel(pending: PendingJob, reason: unknown): void {
    if (pending === this.#running) {
      this.#abandon(reason);
      return;
    }
    const index = this.#queue.indexOf(pending);
    if (index !== -1) this.#queue.splice(index, 1);
    pending.reject(reason);
  }

  /** Gives up the running job together with the thread it keeps busy. */
  #abandon(error: unknown): void {
    const running = this.#running;
    void this.#dropWorker()?.terminate();
    running?.reject(error);
    this.#startNext();
  }

  #dropWorker(): Worker | undefined {
    const worker = this.#worker;
    clearTimeout(this.#timer);
    this.#running = undefined;
    this.#worker = undefined;
    return worker;
  }

  /** The timer of a job keeps the program alive, the timer of an idle thread does not. */
  #setTimer(ms: number, action: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, ms);
    if (this.#running === undefined) this.#timer.unref();
  }
}
