/** A service that answers search queries. */

export interface SearchHit {
  readonly title: string;
  readonly url: string;
  readonly snippet: string;
}

export interface SearchRequest {
  readonly query: string;
  /** Most results wanted; a backend may return more. */
  readonly maxResults: number;
  /** For everything; the caller's signal ends it earlier. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface SearchBackend {
  readonly name: 'duckduckgo' | 'searxng' | 'brave' | 'tavily';
  /** Best hit first. Raises `MC_SEARCH_*` and `MC_EGRESS_*`. */
  search(request: SearchRequest): Promise<readonly SearchHit[]>;
}
