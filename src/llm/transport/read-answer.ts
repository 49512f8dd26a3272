/** Feeds an HTTP answer to a protocol's decoder, whether the server streams or sends one JSON document. */
import { isRecord, parseJson } from '../../core/json.ts';
import { llmErrors } from '../errors.ts';
import type { ProviderResult } from '../provider.ts';
import { failureFromEvent } from '../provider-failure.ts';
import type { AttemptDeadline } from './attempt-deadline.ts';
import { readEventStream, type StreamedEvent } from './event-stream.ts';

/** A protocol's decoder for one answer. */
export interface AnswerDecoder {
  /** Takes in one event; true after the protocol's last one. Throws `MC_LLM_*` for an error event. */
  event(event: StreamedEvent): boolean;
  /** True when nothing of the answer itself is missing, though its last event has not come. */
  isWhole?(): boolean;
  /**
   * Takes in an answer that came as one document, which is complete by definition; false when the document is none of
   * the protocol. Throws `MC_LLM_*` for an error.
   */
  document(payload: Readonly<Record<string, unknown>>): boolean;
  /** The complete answer; throws `MC_LLM_STREAM_CUT` when its last event is missing. */
  finish(): ProviderResult;
}

/** Rejects with the deadline's reason, `MC_LLM_BAD_RESPONSE`, `MC_LLM_STREAM_CUT` or what the decoder throws. */
export async function readAnswer(
  response: Response,
  deadline: AttemptDeadline,
  decoder: AnswerDecoder,
): Promise<ProviderResult> {
  const { body } = response;
  if (body === null) {
    throw llmErrors.create('BAD_RESPONSE', 'The model provider sent an empty answer.', {
      data: { status: response.status },
    });
  }
  const text = await readStream(body, deadline, decoder);
  if (text !== undefined) {
    const payload = parseJson(text);
    if (!isRecord(payload) || !decoder.document(payload)) throw badResponse(response);
  }
  return decoder.finish();
}

/** Resolves as `readEventStream` does. */
async function readStream(
  body: ReadableStream<Uint8Array>,
  deadline: AttemptDeadline,
  decoder: AnswerDecoder,
): Promise<string | undefined> {
  try {
    return await readEventStream(body, deadline, (event) => {
      // Whatever its data look like: an error is never part of an answer.
      if (event.event === 'error') throw failureFromEvent(parseJson(event.data) ?? event.data);
      return decoder.event(event);
    });
  } catch (error) {
    const brokeOff = llmErrors.is(error, 'STREAM_CUT') || llmErrors.is(error, 'TIMEOUT');
    if (!brokeOff || decoder.isWhole?.() !== true) throw error;
    return undefined;
  }
}

function badResponse(response: Response) {
  return llmErrors.create('BAD_RESPONSE', 'The model provider sent an answer that is not its protocol.', {
    data: { contentType: response.headers.get('content-type') ?? '' },
  });
}
