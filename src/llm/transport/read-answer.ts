/** Feeds an HTTP answer to a protocol's decoder, whether the server streams or sends one JSON document. */
import { isRecord, parseJson } from '../../core/json.ts';
import { llmErrors } from '../errors.ts';
import type { ProviderResult } from '../provider.ts';
import type { AttemptDeadline } from './attempt-deadline.ts';
import { readBodyText, readEventStream, type StreamedEvent } from './event-stream.ts';

/** A protocol's decoder for one answer. */
export interface AnswerDecoder {
  /** Takes in one event; true after the protocol's last one. Throws `MC_LLM_*` for an error event. */
  event(event: StreamedEvent): boolean;
  /** Takes in an answer that came as one document, which is complete by definition. */
  document(payload: Readonly<Record<string, unknown>>): void;
  /** The complete answer; throws `MC_LLM_STREAM_CUT` when its last event is missing. */
  finish(): ProviderResult;
}

/** Rejects with the deadline's reason, `MC_LLM_BAD_RESPONSE`, `MC_LLM_STREAM_CUT` or what the decoder throws. */
export async function readAnswer(
  response: Response,
  deadline: AttemptDeadline,
  decoder: AnswerDecoder,
): Promise<ProviderResult> {
  const type = response.headers.get('content-type')?.toLowerCase() ?? '';
  const { body } = response;
  if (body === null) {
    throw llmErrors.create('BAD_RESPONSE', 'The model provider sent an empty answer.', {
      data: { status: response.status },
    });
  }
  if (type.includes('json')) {
    const payload = parseJson(await readBodyText(body, deadline));
    if (!isRecord(payload)) throw badResponse(type);
    decoder.document(payload);
  } else if (type.includes('html')) {
    await body.cancel();
    throw badResponse(type);
  } else {
    await readEventStream(body, deadline, (event) => decoder.event(event));
  }
  return decoder.finish();
}

function badResponse(type: string) {
  return llmErrors.create('BAD_RESPONSE', 'The model provider sent an answer that is not its protocol.', {
    data: { contentType: type },
  });
}
