/**
 * What a request is answered with.
 *
 * A plain value of ours instead of the fetch API's `Response`: Node loads that API when it is first named, which takes
 * a sixth of the time of a whole start, and reading a `Response` again to write it costs every request.
 */
import type { Context } from 'hono';
import type { HttpEnv } from '../http-env.ts';
import type { AnswerHeaders } from './answer-headers.ts';

/** A stream is read as fast as the client takes it, and cancelled when the client leaves. */
export type AnswerBody = string | Uint8Array | ReadableStream<Uint8Array> | null;

export class Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: AnswerBody;

  constructor(status: number, headers: AnswerHeaders, body: AnswerBody) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

export interface AnswerOptions {
  /** Default 200. */
  readonly status?: number;
  /** Replaces headers of the same name that were set before. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer with this body and the headers that were set on the request's `context.env.headers`. */
export function answerWith(
  context: Context<HttpEnv>,
  body: AnswerBody,
  { status = 200, headers = {} }: AnswerOptions = {},
): Answer {
  const all = context.env.headers;
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return new Answer(status, all, body);
}

/** `value` as JSON. */
export function answerJson(context: Context<HttpEnv>, value: unknown, status = 200): Answer {
  return answerWith(context, JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json' },
  });
}

/** `text` as plain text. */
export function answerText(context: Context<HttpEnv>, text: string, status = 200): Answer {
  return answerWith(context, text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
