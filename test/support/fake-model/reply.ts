/**
 * What the fake model answers, as data: a JSON script can hold it and `reply.…` builds it. One answer serves every
 * wire format; the server translates it.
 */

export interface FakeToolCall {
  readonly name: string;
  readonly input?: Readonly<Record<string, unknown>>;
  /** Sent instead of the JSON of `input`, e.g. broken JSON. */
  readonly rawArguments?: string;
  readonly id?: string;
}

export interface FakeUsage {
  /** Includes cached tokens. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
}

/** Every field is optional; `{}` is an empty answer that ends properly. */
export interface ReplySpec {
  readonly text?: string;
  readonly thinking?: string;
  /** Signature of the thinking (Anthropic) or encrypted content of the reasoning (Responses). */
  readonly signature?: string;
  readonly toolCalls?: readonly FakeToolCall[];
  readonly stop?: 'end_turn' | 'max_tokens' | 'refusal';
  readonly usage?: FakeUsage;

  /** Milliseconds before the answer begins. */
  readonly latencyMs?: number;
  /** Milliseconds between events. */
  readonly gapMs?: number;
  /** Code points per text delta. */
  readonly deltaLength?: number;
  /** Sizes in bytes of the body's chunks; the last one repeats. */
  readonly splitBytes?: readonly number[];

  /** Destroys the connection after this many events. */
  readonly cutAfter?: number;
  /** Ends the body properly after this many events, without the rest. */
  readonly endAfter?: number;
  /** Sends nothing more after this many events and keeps the connection open; 0 sends headers only. */
  readonly hangAfter?: number;
  /** Accepts the request and never answers. */
  readonly hang?: boolean;
  /** Puts an event that is not JSON before the last third of the events. */
  readonly malformed?: boolean;
  /** Sends an error event of this type after the first events. */
  readonly errorEvent?: { readonly type: string; readonly message: string; readonly code?: string };
  /** Answers with one JSON document even when streaming was asked for. */
  readonly document?: boolean;

  /** An HTTP error instead of an answer. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body of the error: JSON, or text when it is a string. */
  readonly body?: unknown;
  /** Sent verbatim as the event stream instead of a rendered answer. */
  readonly rawStream?: string;
}

/** An immutable answer with methods that return changed copies. */
export class FakeReply {
  readonly spec: ReplySpec;

  constructor(spec: ReplySpec) {
    this.spec = spec;
  }

  with(changes: ReplySpec): FakeReply {
    return new FakeReply({ ...this.spec, ...changes });
  }

  /** Chunk sizes of the body in bytes; the last one repeats. */
  split(sizes: readonly number[]): FakeReply {
    return this.with({ splitBytes: sizes });
  }

  latency(latencyMs: number): FakeReply {
    return this.with({ latencyMs });
  }

  cutAfter(events: number): FakeReply {
    return this.with({ cutAfter: events });
  }

  hangAfter(events: number): FakeReply {
    return this.with({ hangAfter: events });
  }

  usage(usage: FakeUsage): FakeReply {
    return this.with({ usage });
  }
}

const LONG_TEXT = 'This answer has enough words to be sent in several pieces.';

/** Builders for the common answers. */
export const reply = {
  text: (text: string): FakeReply => new FakeReply({ text }),
  toolCalls: (calls: readonly FakeToolCall[], text?: string): FakeReply =>
    new FakeReply(text === undefined ? { toolCalls: calls } : { toolCalls: calls, text }),
  thinking: (thinking: string, text: string, signature = 'sig-1'): FakeReply =>
    new FakeReply({ thinking, text, signature }),
  empty: (): FakeReply => new FakeReply({}),
  refusal: (text = 'I cannot help with that.'): FakeReply => new FakeReply({ text, stop: 'refusal' }),
  split: (sizes: readonly number[], text = LONG_TEXT): FakeReply =>
    new FakeReply({ text, splitBytes: sizes }),
  status: (
    status: number,
    options: { readonly retryAfter?: number | string; readonly body?: unknown } = {},
  ): FakeReply =>
    new FakeReply({
      status,
      ...(options.retryAfter === undefined ? {} : { headers: { 'retry-after': String(options.retryAfter) } }),
      ...(options.body === undefined ? {} : { body: options.body }),
    }),
  /** 400 with the words of a real overflow. */
  overflow: (): FakeReply =>
    new FakeReply({
      status: 400,
      body: {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          code: 'context_length_exceeded',
          message: 'prompt is too long: 215403 tokens > 200000 maximum',
        },
      },
    }),
  cutAfter: (events: number): FakeReply => new FakeReply({ text: LONG_TEXT, cutAfter: events }),
  hang: (): FakeReply => new FakeReply({ hang: true }),
  malformed: (text = LONG_TEXT): FakeReply => new FakeReply({ text, malformed: true }),
  error: (type: string, message = 'something failed'): FakeReply =>
    new FakeReply({ text: LONG_TEXT, errorEvent: { type, message } }),
} as const;
