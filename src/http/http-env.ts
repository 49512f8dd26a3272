/** What travels with a request through the application. */
import type { AnswerHeaders } from './exchange/answer-headers.ts';
import type { HttpRequest } from './exchange/http-request.ts';

export interface HttpEnv {
  Bindings: {
    readonly request: HttpRequest;
    /** Headers of the answer; what is set here goes out with whatever the request is answered with. */
    readonly headers: AnswerHeaders;
  };
}
