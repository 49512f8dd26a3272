/** Search through the Tavily API, `POST /search`. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import type { SearchBackend } from './search-backend.ts';
import { askForJson, optionalField, type SearchEndpoint } from './search-endpoint.ts';

/** Where the service is. */
export const TAVILY_URL = 'https://api.tavily.com';

const answer = lazyObject(() => ({
  results: z.array(z.object({ title: optionalField(), url: optionalField(), content: optionalField() })),
}));

export function createTavily(endpoint: SearchEndpoint, apiKey: string): SearchBackend {
  return {
    name: 'tavily',
    async search(request) {
      const json = { api_key: apiKey, query: request.query, max_results: request.maxResults };
      const { results } = await askForJson(endpoint, { path: '/search', json }, request, answer);
      return results.map(({ title, url, content }) => ({ title, url, snippet: content }));
    },
  };
}
