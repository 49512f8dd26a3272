/**
 * The body of `GET /api/stream`: `replay_meta`, then the run's events as server-sent events, then the end.
 *
 * Invariants: events are pulled when the client takes them, so a slow client makes no queue here and loses nothing
 * that the run still holds; what it no longer holds is announced by a fresh `replay_meta`; the terminal event is the
 * last one; the stream ends after it. A comment goes out whenever nothing else did for the keep-alive time.
 */
import type { ReadableStreamDefaultController, UnderlyingSource } from 'node:stream/web';
import { isTerminal, type TurnEvent } from '../../agent/turn-event.ts';
import type { RunSubscription } from '../../agent/turn-service-port.ts';
import type { RunEventData } from '../schemas/run-events.ts';
import { frameOf } from './run-event-frame.ts';

export interface RunEventStreamOptions {
  readonly keepAliveMs: number;
  /** Told to the client as the time to wait before it reconnects when the server ends the stream early. */
  readonly retryMs: number;
  /** Called once when the stream is over, for whatever reason. */
  onEnd(): void;
  /** The run's events could not be read to the end. */
  onFailure(error: unknown): void;
}

export interface RunEventStream {
  readonly body: ReadableStream<Uint8Array>;
  /** Ends the stream before its run has ended, with a hint when to come back. */
  end(): void;
}

const KEEP_ALIVE = ':keepalive\n\n';
/** Turns of the microtask queue after which an event that is already there has arrived. */
const READY_TICKS = 4;
const MAX_BATCH_CHARS = 32_768;

/** `requestedId`: the event after which the client asked to continue, or `null`. */
export function openRunEventStream(
  subscription: RunSubscription,
  requestedId: number | null,
  options: RunEventStreamOptions,
): RunEventStream {
  const source = new RunEventSource(subscription, requestedId, options);
  const body = new ReadableStream<Uint8Array>(source, { highWaterMark: 0 });
  return { body, end: () => source.end() };
}

class RunEventSource implements UnderlyingSource<Uint8Array> {
  readonly #iterator: AsyncIterator<TurnEvent>;
  readonly #options: RunEventStreamOptions;
  readonly #encoder = new TextEncoder();
  readonly #opening: string;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** A read that was begun and did not settle while a batch was collected. */
  #pending: Promise<IteratorResult<TurnEvent>> | undefined;
  #lastSeq: number | undefined;
  #opened = false;
  /** The terminal event, or the end of the events, was reached. */
  #ended = false;
  #closed = false;

  constructor(subscription: RunSubscription, requestedId: number | null, options: RunEventStreamOptions) {
    this.#iterator = subscription.events[Symbol.asyncIterator]();
    this.#options = options;
    this.#opening = replayMeta(subscription.truncated, subscription.oldestSeq, requestedId);
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.#timer = setInterval(() => {
      // Whoever has not taken the last one yet needs no further one.
      if ((controller.desiredSize ?? 0) >= 0) this.#write(KEEP_ALIVE);
    }, this.#options.keepAliveMs);
    this.#timer.unref();
  }

  /** Writes the opening or waits for an event, and takes along what is already there. */
  async pull(): Promise<void> {
    try {
      const begin = this.#opened ? await this.#nextFrame() : this.#opening;
      this.#opened = true;
      const text = await this.#withReadyFrames(begin);
      if (text !== '') this.#write(text);
      this.#timer?.refresh();
      if (this.#ended) this.#close();
    } catch (error) {
      this.#options.onFailure(error);
      this.end();
    }
  }

  cancel(): void {
    this.#finish();
  }

  end(): void {
    this.#write(`retry: ${this.#options.retryMs}\n\n`);
    this.#close();
  }

  #read(): Promise<IteratorResult<TurnEvent>> {
    const pending = this.#pending ?? this.#iterator.next();
    this.#pending = undefined;
    return pending;
  }

  /** The next event's frame; empty at the end of the run's events. */
  async #nextFrame(): Promise<string> {
    return this.#frameOf(await this.#read());
  }

  /** Frames that need no waiting, after `text`: one write instead of many. */
  async #withReadyFrames(text: string): Promise<string> {
    let collected = text;
    while (!this.#ended && collected.length < MAX_BATCH_CHARS) {
      const reading = this.#read();
      const next = await settledSoon(reading);
      if (next === undefined) {
        this.#pending = reading;
        break;
      }
      collected += this.#frameOf(next);
    }
    return collected;
  }

  #frameOf(next: IteratorResult<TurnEvent>): string {
    this.#ended = next.done === true || isTerminal(next.value);
    return next.done === true ? '' : this.#frameText(next.value);
  }

  #frameText(event: TurnEvent): string {
    const missed = this.#lastSeq !== undefined && event.seq > this.#lastSeq + 1;
    const notice = missed ? replayMeta(true, event.seq, this.#lastSeq ?? null) : '';
    this.#lastSeq = event.seq;
    const frame = frameOf(event);
    const data = JSON.stringify({ ...frame.data, at_ms: event.atMs });
    return `${notice}id: ${event.seq}\nevent: ${frame.event}\ndata: ${data}\n\n`;
  }

  #write(text: string): void {
    if (!this.#closed) this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #close(): void {
    if (this.#closed) return;
    this.#controller?.close();
    this.#finish();
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    // A generator that waits for the next event finishes its return only then: there is nothing to wait for.
    this.#iterator.return?.().catch((error: unknown) => this.#options.onFailure(error));
    this.#options.onEnd();
  }
}

function replayMeta(truncated: boolean, oldestSeq: number | null, requestedId: number | null): string {
  const data: RunEventData<'replay_meta'> = {
    replay_truncated: truncated,
    oldest_event_id: oldestSeq,
    requested_last_event_id: requestedId,
  };
  return `event: replay_meta\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The result when it is there within a few microtasks, else `undefined`; rejections are left to the next reader. */
async function settledSoon<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  let settled: { readonly value: Value } | undefined;
  promise.then(
    (value) => {
      settled = { value };
    },
    () => {}, // the same promise is read again, and then its rejection is handled
  );
  for (let tick = 0; tick < READY_TICKS && settled === undefined; tick += 1) await undefined;
  return settled?.value;
}
