/** Search through a SearXNG server of the operator, `GET /search?format=json` (its search API). */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import type { EgressClient } from '../../security/egress/egress-client.ts';
import type { SearchBackend } from './search-backend.ts';
import { askForJson, optionalField } from './search-endpoint.ts';

const answer = lazyObject(() => ({
  results: z.array(z.object({ title: optionalField(), url: optionalField(), content: optionalField() })),
}));

/** `baseUrl` with or without a final slash. */
export function createSearxng(client: EgressClient, baseUrl: string): SearchBackend {
  const endpoint = { client, url: baseUrl.replace(/\/+$/, ''), isOwn: true };
  return {
    name: 'searxng',
    async search(request) {
      const path = `/search?${new URLSearchParams({ q: request.query, format: 'json' })}`;
      const { results } = await askForJson(endpoint, { path }, request, answer);
      return results.map(({ title, url, content }) => ({ title, url, snippet: content }));
    },
  };
}
