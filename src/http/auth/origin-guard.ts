/**
 * Keeps other sites' pages from changing anything through the browser of a signed-in operator (and from signing the
 * browser in or out). Requests that no browser made carry neither header and pass.
 *
 * Source: Fetch Metadata (`Sec-Fetch-Site`) and the Origin header of RFC 6454.
 */

export interface RequestOrigin {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method only reads (RFC 9110 §9.2.1). */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/** False for an unsafe request that a page of another origin caused. */
export function isSameOrigin(request: RequestOrigin): boolean {
  if (isSafeMethod(request.method)) return true;
  if (request.secFetchSite !== undefined && !['same-origin', 'none'].includes(request.secFetchSite))
    return false;
  if (request.origin === undefined) return true;
  return request.host !== undefined && originHost(request.origin) === request.host.trim().toLowerCase();
}

/** `host[:port]` of an origin as a browser would write it into Host; `undefined` for `null` and other non-URLs. */
function originHost(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}
