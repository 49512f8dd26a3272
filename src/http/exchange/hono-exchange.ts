/**
 * The border to Hono, which routes requests and speaks in the fetch API's `Request` and `Response`.
 *
 * Invariants: Hono reads nothing of a request but its URL, its method and single headers, and hands the value of a
 * handler on untouched, unless the method is HEAD or a handler asks the context for a `Response`; so a HEAD request is
 * routed as GET (whoever writes the answer leaves the body out), and handlers answer with an `Answer`.
 */

import { Answer } from './answer.ts';
import type { HttpRequest } from './http-request.ts';

/** Only the path counts; the name of the server is checked where the header Host is. */
const ORIGIN = 'http://localhost';

/** What Hono reads of a request. */
export function toHonoRequest(request: HttpRequest): Request {
  const readable = {
    url: `${ORIGIN}${request.target}`,
    method: request.method === 'HEAD' ? 'GET' : request.method,
    headers: { get: (name: string) => request.header(name.toLowerCase()) ?? null },
  };
  // True for what Hono uses: see above.
  return readable as unknown as Request;
}

/** A handler's answer on its way through Hono. */
export function throughHono(answer: Answer): Response {
  // Hono hands it on untouched: see above.
  return answer as unknown as Response;
}

/** The answer at the other end. Throws when it is none: then somebody asked Hono's context for a `Response`. */
export function fromHono(response: Response): Answer {
  if (response instanceof Answer) return response;
  throw new TypeError('a handler made a Response; answer with answerWith, answerJson or answerText');
}
