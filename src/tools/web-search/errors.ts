/** Failures of search services. Messages hold neither queries nor keys. */
import { defineErrors } from '../../core/errors.ts';

export const searchErrors = defineErrors('SEARCH', {
  REFUSED: {
    kind: 'transient',
    summary: 'A search service answered with an error status.',
    hint: 'Check the key and the address in web_search.',
  },
  CAPTCHA: {
    kind: 'transient',
    summary: 'DuckDuckGo asked for proof that a person is searching.',
    hint: 'Configure another backend in web_search, such as searxng.',
  },
  BAD_ANSWER: {
    kind: 'transient',
    summary: 'A search service answered with something that is not a list of results.',
    hint: 'Check the address in web_search; SearXNG must have the format json enabled.',
  },
});
