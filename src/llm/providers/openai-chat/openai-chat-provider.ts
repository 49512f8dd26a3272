/** Chat completions over HTTP: OpenAI and everything compatible with it. */
import type { Clock } from '../../../core/clock.ts';
import type { IdSource } from '../../../core/ids.ts';
import type { BodyOverrides, LlmTimeouts } from '../../llm-options.ts';
import type { Provider } from '../../provider.ts';
import { AdaptiveEndpoint } from '../../transport/adaptive-endpoint.ts';
import { AttemptDeadline } from '../../transport/attempt-deadline.ts';
import { type AnswerDecoder, readAnswer } from '../../transport/read-answer.ts';
import { type ClientOptions, openOpenAiClient } from '../openai-client.ts';
import { ChatAnswer } from './chat-answer.ts';
import { buildChatBody } from './chat-request.ts';

export interface OpenAiChatOptions extends ClientOptions {
  readonly timeouts: LlmTimeouts;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Overrides for the effective model. */
  readonly overridesFor: (model: string) => BodyOverrides;
}

/** A provider bound to one endpoint and key. */
export function createOpenAiChatProvider(options: OpenAiChatOptions): Provider {
  const { preset } = options.profile;
  const endpoint = new AdaptiveEndpoint({ ...options, loadClient: () => openOpenAiClient(options) });
  return {
    async stream(request, sink, signal) {
      using deadline = new AttemptDeadline(signal, options.timeouts);
      const overrides = options.overridesFor(request.model);
      const response = await endpoint.post(request.model, deadline, (adaptations) => ({
        path: '/chat/completions',
        ...buildChatBody(request, { preset, overrides, adaptations }),
      }));
      return await readAnswer(response, deadline, chatDecoder(new ChatAnswer(sink, options.ids)));
    },
  };
}

function chatDecoder(answer: ChatAnswer): AnswerDecoder {
  return {
    event: (event) => answer.event(event.data),
    isWhole: () => answer.isWhole,
    document: (payload) => answer.document(payload),
    finish: () => answer.finish(),
  };
}
