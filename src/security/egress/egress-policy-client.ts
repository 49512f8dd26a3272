/**
 * Applies the egress policy to the HTTP client for destinations that a model, a page or a feed chose, in addition to
 * the policy of each request: every redirect and every address at the moment of connecting included.
 */

import type { UrlPolicy, UrlRefusal } from '../urls/url-policy.ts';
import type { EgressClient } from './egress-client.ts';
import type { EgressPolicy } from './egress-policy.ts';

/** Told about every violation; `url` is an origin, or a host when only that is known. */
export type EgressViolationListener = (violation: { readonly reason: string; readonly url: string }) => void;

/** In mode `warn` violations are only reported, in mode `off` requests go as they are. The mode is read per request. */
export function limitEgressClient(
  client: EgressClient,
  policy: EgressPolicy,
  onViolation: EgressViolationListener,
): EgressClient {
  return {
    fetch: (request) =>
      client.fetch(
        policy.mode === 'off'
          ? request
          : { ...request, policy: limitUrlPolicy(request.policy, policy, onViolation) },
      ),
  };
}

function limitUrlPolicy(
  base: UrlPolicy,
  egress: EgressPolicy,
  onViolation: EgressViolationListener,
): UrlPolicy {
  const judge = (reason: string | undefined, url: string): UrlRefusal | undefined => {
    if (reason === undefined) return undefined;
    onViolation({ reason, url });
    if (egress.mode !== 'block') return undefined;
    return { kind: 'refused', rule: 'egress_policy', message: `blocked by egress policy: ${reason}` };
  };
  return {
    rejectedEntries: base.rejectedEntries,
    explain(text) {
      const verdict = base.explain(text);
      if (verdict.kind === 'refused') return verdict;
      const refusal = judge(egress.explain(verdict.url.href), verdict.url.origin);
      return refusal ?? { ...verdict, checkAddress: true };
    },
    explainAddress(host, address) {
      return base.explainAddress(host, address) ?? judge(egress.explainAddress(host, address), host);
    },
  };
}
