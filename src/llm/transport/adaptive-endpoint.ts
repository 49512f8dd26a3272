/**
 * Sends requests through a provider's official client and learns what the endpoint does not understand: a complaint
 * about a parameter changes the request once, and the change is remembered for that model.
 *
 * Invariants: each adaptation is tried at most once per request; the client's own retries are off.
 */
import type { Clock } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import { complaintFrom, failureFromStatus, failureFromTransport } from '../provider-failure.ts';
import { type ProviderComplaint, type RequestAdaptation, requestedAdaptation } from '../provider-patterns.ts';
import type { AttemptDeadline } from './attempt-deadline.ts';

/** The part of the official clients that is used. */
export interface ApiClient {
  post(
    path: string,
    options: { readonly body: unknown; readonly signal: AbortSignal },
  ): { asResponse(): Promise<Response> };
}

export interface BuiltRequest {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Optional parameters in the body that a complaint may be about. */
  readonly sent: ReadonlySet<string>;
}

export interface AdaptiveEndpointOptions {
  readonly loadClient: () => Promise<ApiClient>;
  readonly clock: Clock;
  /** The key in use: a provider may repeat it in its complaint. */
  readonly apiKey: string | undefined;
}

export class AdaptiveEndpoint {
  readonly #options: AdaptiveEndpointOptions;
  readonly #learned = new Map<string, Set<RequestAdaptation>>();
  #client: Promise<ApiClient> | undefined;

  constructor(options: AdaptiveEndpointOptions) {
    this.#options = options;
  }

  /**
   * Posts what `build` makes for the adaptations known so far and resolves with a successful response whose body has
   * not been read. Rejects with the deadline's reason or an `MC_LLM_*` error.
   */
  async post(
    model: string,
    deadline: AttemptDeadline,
    build: (adaptations: ReadonlySet<RequestAdaptation>) => BuiltRequest,
  ): Promise<Response> {
    this.#client ??= this.#options.loadClient();
    const client = await this.#client;
    for (;;) {
      deadline.signal.throwIfAborted();
      const learned = this.#learned.get(model) ?? new Set<RequestAdaptation>();
      const { path, body, sent } = build(learned);
      try {
        return await client.post(path, { body, signal: deadline.signal }).asResponse();
      } catch (error) {
        deadline.signal.throwIfAborted();
        const answer = httpAnswer(error);
        if (answer === undefined) throw failureFromTransport(error);
        const complaint = withoutKey(complaintFrom(answer.status, answer.body), this.#options.apiKey);
        const adaptation = requestedAdaptation(complaint, sent);
        if (adaptation === undefined || learned.has(adaptation)) {
          throw failureFromStatus(complaint, answer.headers, this.#options.clock.now());
        }
        this.#learned.set(model, new Set([...learned, adaptation]));
      }
    }
  }
}

function withoutKey(complaint: ProviderComplaint, key: string | undefined): ProviderComplaint {
  if (key === undefined || key.length < 4) return complaint;
  return { ...complaint, message: complaint.message.replaceAll(key, '[redacted]') };
}

interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The HTTP answer inside a client's error; `undefined` when there was none. Both clients use the same fields. */
function httpAnswer(error: unknown): HttpAnswer | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  const headers = 'headers' in error && error.headers instanceof Headers ? error.headers : new Headers();
  const body = 'error' in error ? error.error : undefined;
  return { status: error.status, headers, body: body ?? errorMessage(error) };
}
