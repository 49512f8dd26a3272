/** OpenAI Responses over HTTP, streaming. */
import type { Clock } from '../../../core/clock.ts';
import type { IdSource } from '../../../core/ids.ts';
import type { BodyOverrides, LlmTimeouts } from '../../llm-options.ts';
import type { Provider } from '../../provider.ts';
import { AdaptiveEndpoint } from '../../transport/adaptive-endpoint.ts';
import { AttemptDeadline } from '../../transport/attempt-deadline.ts';
import { type AnswerDecoder, readAnswer } from '../../transport/read-answer.ts';
import { type ClientOptions, openOpenAiClient } from '../openai-client.ts';
import { ResponsesAnswer } from './responses-answer.ts';
import { buildResponsesBody } from './responses-request.ts';

export interface OpenAiResponsesOptions extends ClientOptions {
  readonly timeouts: LlmTimeouts;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Overrides for the effective model. */
  readonly overridesFor: (model: string) => BodyOverrides;
}

/** A provider bound to one endpoint and key. */
export function createOpenAiResponsesProvider(options: OpenAiResponsesOptions): Provider {
  const { preset } = options.profile;
  const endpoint = new AdaptiveEndpoint({ ...options, loadClient: () => openOpenAiClient(options) });
  return {
    async stream(request, sink, signal) {
      using deadline = new AttemptDeadline(signal, options.timeouts);
      const overrides = options.overridesFor(request.model);
      const response = await endpoint.post(request.model, deadline, (adaptations) => ({
        path: '/responses',
        ...buildResponsesBody(request, { preset, overrides, adaptations }),
      }));
      return await readAnswer(response, deadline, responsesDecoder(new ResponsesAnswer(sink, options.ids)));
    },
  };
}

function responsesDecoder(answer: ResponsesAnswer): AnswerDecoder {
  return {
    event: (event) => answer.event(event.data),
    document: (payload) => answer.document(payload),
    finish: () => answer.finish(),
  };
}
