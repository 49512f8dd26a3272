/** Search through the Brave Search API, `GET /res/v1/web/search`. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import type { SearchBackend } from './search-backend.ts';
import { askForJson, optionalField, type SearchEndpoint } from './search-endpoint.ts';

/** Where the service is. */
export const BRAVE_URL = 'https://api.search.brave.com';

const answer = lazyObject(() => ({
  web: z
    .object({
      results: z.array(
        z.object({ title: optionalField(), url: optionalField(), description: optionalField() }),
      ),
    })
    .nullish(), // left out when nothing was found
}));

export function createBrave(endpoint: SearchEndpoint, apiKey: string): SearchBackend {
  return {
    name: 'brave',
    async search(request) {
      const query = new URLSearchParams({ q: request.query, count: String(request.maxResults) });
      const message = {
        path: `/res/v1/web/search?${query}`,
        headers: { accept: 'application/json', 'x-subscription-token': apiKey },
      };
      const { web } = await askForJson(endpoint, message, request, answer);
      return (web?.results ?? []).map(({ title, url, description }) => ({
        title,
        url,
        snippet: description,
      }));
    },
  };
}
