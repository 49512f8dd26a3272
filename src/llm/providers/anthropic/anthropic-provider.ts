/** Anthropic Messages over HTTP, streaming. */
import type { Clock } from '../../../core/clock.ts';
import type { IdSource } from '../../../core/ids.ts';
import type { LlmTimeouts } from '../../llm-options.ts';
import type { Provider } from '../../provider.ts';
import { AdaptiveEndpoint } from '../../transport/adaptive-endpoint.ts';
import { AttemptDeadline } from '../../transport/attempt-deadline.ts';
import { type AnswerDecoder, readAnswer } from '../../transport/read-answer.ts';
import { openAnthropicClient } from '../anthropic-client.ts';
import type { ClientOptions } from '../openai-client.ts';
import { MessagesAnswer } from './messages-answer.ts';
import { buildMessagesBody, type MessagesDialect } from './messages-request.ts';

export interface AnthropicOptions extends ClientOptions {
  readonly timeouts: LlmTimeouts;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly cache: MessagesDialect['cache'];
}

/** A provider bound to one endpoint and key. */
export function createAnthropicProvider(options: AnthropicOptions): Provider {
  const endpoint = new AdaptiveEndpoint({ ...options, loadClient: () => openAnthropicClient(options) });
  return {
    async stream(request, sink, signal) {
      using deadline = new AttemptDeadline(signal, options.timeouts);
      const response = await endpoint.post(request.model, deadline, (adaptations) => ({
        path: '/v1/messages',
        ...buildMessagesBody(request, { cache: options.cache, adaptations }),
      }));
      return await readAnswer(response, deadline, messagesDecoder(new MessagesAnswer(sink, options.ids)));
    },
  };
}

function messagesDecoder(answer: MessagesAnswer): AnswerDecoder {
  return {
    event: (event) => answer.event(event.data),
    document: (payload) => answer.document(payload),
    finish: () => answer.finish(),
  };
}
