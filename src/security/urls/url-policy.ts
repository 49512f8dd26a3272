/**
 * Which URLs the program may request on behalf of a model (`web_fetch_url_validation`, tools §7.1).
 *
 * `explain` judges everything that can be judged without the network; `explainAddress` judges the address a connection
 * is about to be made to. Both say which rule decided and why.
 *
 * Invariants: a host is compared in its canonical form, so no other spelling slips through; denial beats permission;
 * the private-address check stays on while `blockPrivateIps` is true, even with the rest disabled; only a host the
 * operator has listed by name is exempt from it, and cloud metadata names never are.
 */
import { type CanonicalHost, canonicalHost, isBlocked, parseAddress } from './address.ts';
import type { HostRuleIndex } from './host-rule-index.ts';
import { findHostRule, findRangeRule, type HostRule, parseHostRules } from './url-rules.ts';

export interface UrlPolicyOptions {
  /** Turns scheme and list checks off, not the private-address check. */
  readonly enabled: boolean;
  /** Empty means `https` and `http`. */
  readonly allowedSchemes: readonly string[];
  /** Entries of the operator. */
  readonly allowlistHosts: readonly string[];
  readonly denylistHosts: readonly string[];
  readonly blockPrivateIps: boolean;
  /** An allowlist is meant even if it has no entries: then every host is refused. */
  readonly requireAllowlist?: boolean;
  /** Entries of somebody else's lists: they permit or deny, but never exempt from the private-address check. */
  readonly feeds?: FeedRules;
}

export interface FeedRules {
  readonly allowlist: readonly HostRuleIndex[];
  readonly denylist: readonly HostRuleIndex[];
}

export const defaultUrlPolicyOptions: UrlPolicyOptions = {
  enabled: true,
  allowedSchemes: ['https', 'http'],
  allowlistHosts: [],
  denylistHosts: [],
  blockPrivateIps: true,
};

export type UrlRule =
  | 'parse'
  | 'scheme'
  | 'host'
  | 'denylist'
  | 'allowlist'
  | 'metadata'
  | 'private_address'
  | 'egress_policy';

export interface UrlRefusal {
  readonly kind: 'refused';
  readonly rule: UrlRule;
  /** For the model and the log; names the host, never the whole URL. */
  readonly message: string;
}

export type UrlVerdict =
  | {
      readonly kind: 'allowed';
      readonly url: URL;
      readonly host: CanonicalHost;
      /** The entry that listed the host, if one did. */
      readonly listedBy?: string;
      /** True when the addresses the host resolves to must be judged too. */
      readonly checkAddress: boolean;
    }
  | UrlRefusal;

export interface UrlPolicy {
  explain(url: string): UrlVerdict;
  /** Judges an address that `host` resolved to; `undefined` means it may be connected to. */
  explainAddress(host: string, address: string): UrlRefusal | undefined;
  /** Configured entries that are not hosts; to be shown as warnings when the configuration is loaded. */
  readonly rejectedEntries: readonly string[];
}

const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
]);
const DEFAULT_SCHEMES: readonly string[] = ['https', 'http'];

export function createUrlPolicy(options: UrlPolicyOptions): UrlPolicy {
  const parts = resolveOptions(options);
  return {
    explain: (url) => explainUrl(url, parts),
    explainAddress: (host, address) => explainAddress(host, address, parts),
    rejectedEntries: parts.rejected,
  };
}

interface PolicyParts {
  readonly enabled: boolean;
  readonly blockPrivateIps: boolean;
  readonly schemes: readonly string[];
  readonly allowlist: readonly HostRule[];
  readonly denylist: readonly HostRule[];
  readonly hasAllowlist: boolean;
  readonly feeds: FeedRules;
  readonly rejected: readonly string[];
}

function resolveOptions(options: UrlPolicyOptions): PolicyParts {
  const schemes = options.allowedSchemes
    .map((scheme) =>
      scheme
        .trim()
        .toLowerCase()
        .replace(/:(?:\/\/)?$/, ''),
    )
    .filter((scheme) => scheme !== '');
  const allowlist = parseHostRules(options.allowlistHosts);
  const denylist = parseHostRules(options.denylistHosts);
  // An allowlist whose entries were all rejected is still an allowlist: it permits nothing.
  const hasAllowlist =
    options.requireAllowlist === true ||
    (options.feeds?.allowlist.length ?? 0) > 0 ||
    allowlist.rules.length > 0 ||
    allowlist.rejected.length > 0;
  return {
    enabled: options.enabled,
    blockPrivateIps: options.blockPrivateIps,
    schemes: schemes.length === 0 ? DEFAULT_SCHEMES : schemes,
    allowlist: allowlist.rules,
    denylist: denylist.rules,
    hasAllowlist,
    feeds: options.feeds ?? { allowlist: [], denylist: [] },
    rejected: [...allowlist.rejected, ...denylist.rejected],
  };
}

function explainUrl(text: string, parts: PolicyParts): UrlVerdict {
  const url = URL.parse(text.trim());
  if (url === null) return refused('parse', `invalid URL: ${describeBadUrl(text)}`);
  const scheme = url.protocol.slice(0, -1);
  if (parts.enabled && !parts.schemes.includes(scheme)) {
    return refused('scheme', `URL scheme '${scheme}' is not allowed (allowed: ${parts.schemes.join(', ')})`);
  }
  const host = canonicalHost(url.hostname);
  if (host === undefined) return refused('host', 'URL must include a host');
  const denied = parts.enabled ? findListed(parts.denylist, parts.feeds.denylist, host) : undefined;
  if (denied !== undefined) return refused('denylist', `URL host '${host.text}' is denylisted`);
  const exempting = parts.enabled ? findHostRule(parts.allowlist, host) : undefined;
  const listed = parts.enabled ? findListed(parts.allowlist, parts.feeds.allowlist, host) : undefined;
  if (parts.enabled && parts.hasAllowlist && listed === undefined) {
    return refused('allowlist', `URL host '${host.text}' is not in allowlist`);
  }
  const checkAddress = parts.blockPrivateIps && exempting === undefined;
  const blocked = parts.blockPrivateIps ? explainHost(host, checkAddress) : undefined;
  if (blocked !== undefined) return blocked;
  const verdict = { kind: 'allowed', url, host, checkAddress } as const;
  return listed === undefined ? verdict : { ...verdict, listedBy: listed.text };
}

function findListed(
  rules: readonly HostRule[],
  feeds: readonly HostRuleIndex[],
  host: CanonicalHost,
): HostRule | undefined {
  const own = findHostRule(rules, host);
  if (own !== undefined) return own;
  for (const feed of feeds) {
    const rule = feed.find(host);
    if (rule !== undefined) return rule;
  }
  return undefined;
}

/** What the host itself tells without a look-up. */
function explainHost(host: CanonicalHost, checkAddress: boolean): UrlRefusal | undefined {
  if (host.kind === 'name') {
    if (!METADATA_NAMES.has(host.text)) return undefined;
    return refused('metadata', `URL host '${host.text}' is a blocked metadata service name`);
  }
  if (!checkAddress || !isBlocked(host.bytes)) return undefined;
  return refused('private_address', `URL host '${host.text}' is a blocked private/internal address`);
}

function explainAddress(hostText: string, addressText: string, parts: PolicyParts): UrlRefusal | undefined {
  const host = canonicalHost(hostText);
  const address = parseAddress(addressText);
  const name = host?.text ?? hostText;
  if (host === undefined || address === undefined) {
    return refused(
      'private_address',
      `URL host '${name}' resolves to something that is no address (${addressText})`,
    );
  }
  const listed = parts.enabled && findHostRule(parts.allowlist, host) !== undefined;
  const denied =
    parts.enabled &&
    (findRangeRule(parts.denylist, address) !== undefined ||
      parts.feeds.denylist.some((feed) => feed.findRange(address) !== undefined));
  if (denied) {
    return refused('denylist', `URL host '${name}' resolves to a denylisted address (${addressText})`);
  }
  if (!parts.blockPrivateIps || listed || !isBlocked(address)) return undefined;
  return refused(
    'private_address',
    `URL host '${name}' resolves to a blocked private/internal address (${addressText})`,
  );
}

function refused(rule: UrlRule, message: string): UrlRefusal {
  return { kind: 'refused', rule, message };
}

function describeBadUrl(text: string): string {
  const shown = text.trim().slice(0, 200);
  if (shown === '') return 'it is empty';
  return /^[a-z][a-z0-9+.-]*:/i.test(shown) ? `'${shown}'` : `'${shown}' has no scheme such as https://`;
}
