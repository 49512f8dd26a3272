/** Checks the configured addresses against the egress policy, so that a contradiction is seen at the start. */
import type { Config } from '../../config/config.ts';
import type { MicroclawError } from '../../core/errors.ts';
import { listProfiles } from '../../llm/profile.ts';
import { createEgressPolicy, type EgressPolicy } from '../../security/egress/egress-policy.ts';
import { appErrors } from '../errors.ts';
import { modelOptions } from '../model-options.ts';

/** The egress policy of the configuration. */
export function configuredEgressPolicy({ egress_policy: egress }: Config): EgressPolicy {
  return createEgressPolicy({
    mode: egress.mode,
    allowHosts: egress.allow_hosts,
    denyHosts: egress.deny_hosts,
    blockPrivateIps: egress.block_private_ips,
  });
}

/**
 * `MC_APP_EGRESS_RULE_INVALID` for entries that are no hosts, and in mode `block` `MC_APP_ENDPOINT_BLOCKED` for an
 * endpoint that the policy forbids. Names are not resolved.
 */
export function findEgressConflict(
  policy: EgressPolicy,
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): MicroclawError | undefined {
  if (policy.mode === 'off') return undefined;
  if (policy.rejectedEntries.length > 0) {
    return appErrors.create('EGRESS_RULE_INVALID', `not a host: ${policy.rejectedEntries.join(', ')}`);
  }
  if (policy.mode === 'warn') return undefined;
  for (const endpoint of configuredEndpoints(config, env)) {
    const reason = policy.explain(endpoint);
    if (reason === undefined) continue;
    const message = `configured endpoint \`${withoutCredentials(endpoint)}\` blocked by egress policy: ${reason}`;
    return appErrors.create('ENDPOINT_BLOCKED', message);
  }
  return undefined;
}

function configuredEndpoints(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const models = listProfiles(modelOptions(config, env)).map((profile) => profile.baseUrl);
  const { backend, searxng_base_url: searxng } = config.web_search;
  const search = backend === 'searxng' && searxng !== undefined ? [searxng] : [];
  const { feed_sync: sync } = config.web_fetch_url_validation;
  const feeds = sync.enabled
    ? sync.sources.filter((source) => source.enabled).map((source) => source.url)
    : [];
  // The offline interpreter and literal lists have no address.
  return [...models, ...search, ...feeds].filter((endpoint) => /^https?:\/\//i.test(endpoint));
}

function withoutCredentials(text: string): string {
  const url = URL.parse(text);
  return url === null ? '(unreadable)' : `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}
