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

/**
 * False for an unsafe request that a page of another origin caused. `Sec-Fetch-Site` decides when it is there: no page
 * can forge it, and it is right also behind a proxy that changes Host. Browsers leave it out on plain HTTP; then
 * Origin must name the same host.
 */
export function isSameOrigin(request: RequestOrigin): boolean {
  const { method, host, origin, secFetchSite } = request;
  if (isSafeMethod(method)) return true;
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin' || secFetchSite === 'none';
  if (origin === undefined) return true;
  return host !== undefined && originHost(origin) === host.trim().toLowerCase();
}

/** `host[:port]` of an origin as a browser would write it into Host; `undefined` for `null` and other non-URLs. */
function originHost(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}
