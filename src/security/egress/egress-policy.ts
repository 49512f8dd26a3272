/**
 * Which hosts the program and its tools may reach (`egress_policy`, tools §10), whatever feature asks.
 *
 * Order: parse, scheme, host, `deny_hosts`, `allow_hosts` (when not empty), private addresses. An entry covers exactly
 * its host; `*.example.com` covers the subdomains and not `example.com` itself; `10.0.0.0/8` covers a block.
 *
 * Invariants: hosts are compared in their canonical form, so no other spelling slips through; denial beats permission;
 * an exact `allow_hosts` entry is the operator's word that a private host is meant, a wildcard is not; cloud metadata
 * names are never reachable while private addresses are blocked.
 */

import type { PolicyMode } from '../tool-policy.ts';
import {
  type AddressRange,
  type CanonicalHost,
  canonicalHost,
  isBlocked,
  isInRange,
  parseAddress,
  parseRange,
} from '../urls/address.ts';
import { DNS_TIMEOUT_MS, type HostResolver, resolveInTime, systemResolver } from './checked-lookup.ts';
import { egressErrors } from './errors.ts';

export interface EgressPolicyOptions {
  readonly mode: PolicyMode;
  /** When not empty, only these. */
  readonly allowHosts: readonly string[];
  readonly denyHosts: readonly string[];
  readonly blockPrivateIps: boolean;
  readonly resolver?: HostResolver;
}

export interface EgressPolicy {
  readonly mode: PolicyMode;
  /** Why a URL may not be reached, as far as its text tells; `undefined` when it may. */
  explain(url: string): string | undefined;
  /** Why a host may not be reached, leaving `allow_hosts` aside; for words that only may be hosts. */
  explainDenied(host: CanonicalHost): string | undefined;
  /** Why an address that `host` resolved to may not be connected to. */
  explainAddress(host: string, address: string): string | undefined;
  /** As `explain`, and judges every address the host has. A host that cannot be resolved is refused. */
  explainResolved(url: string): Promise<string | undefined>;
  /** Configured entries that are neither hosts nor blocks of addresses, with their key. */
  readonly rejectedEntries: readonly string[];
}

type EgressRule =
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'suffix'; readonly text: string }
  | { readonly kind: 'range'; readonly range: AddressRange };

interface PolicyParts {
  readonly allow: readonly EgressRule[];
  readonly deny: readonly EgressRule[];
  readonly hasAllowlist: boolean;
  readonly blockPrivateIps: boolean;
}

export function createEgressPolicy(options: EgressPolicyOptions): EgressPolicy {
  const allow = parseRules('allow_hosts', options.allowHosts);
  const deny = parseRules('deny_hosts', options.denyHosts);
  const parts: PolicyParts = {
    allow: allow.rules,
    deny: deny.rules,
    hasAllowlist: options.allowHosts.length > 0,
    blockPrivateIps: options.blockPrivateIps,
  };
  const resolver = options.resolver ?? systemResolver;
  return {
    mode: options.mode,
    explain: (url) => explainUrl(parts, url),
    explainDenied: (host) => explainDenied(parts, host),
    explainAddress: (host, address) => explainAddress(parts, host, address),
    explainResolved: async (url) => explainUrl(parts, url) ?? (await explainAddresses(parts, url, resolver)),
    rejectedEntries: [...allow.rejected, ...deny.rejected],
  };
}

const HOST_NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

function parseRules(key: string, entries: readonly string[]) {
  const rules: EgressRule[] = [];
  const rejected: string[] = [];
  for (const entry of entries) {
    const rule = parseRule(entry.trim().toLowerCase());
    if (rule === undefined) rejected.push(`egress_policy.${key}: '${entry}'`);
    else rules.push(rule);
  }
  return { rules, rejected };
}

function parseRule(entry: string): EgressRule | undefined {
  const range = parseRange(entry);
  if (range !== undefined) return { kind: 'range', range };
  const isSuffix = entry.startsWith('*.');
  const host = canonicalHost(isSuffix ? entry.slice(2) : entry);
  if (host === undefined || (host.kind === 'name' && !HOST_NAME.test(host.text))) return undefined;
  if (!isSuffix) return { kind: 'exact', text: host.text };
  return host.kind === 'name' ? { kind: 'suffix', text: host.text } : undefined;
}

function explainUrl(parts: PolicyParts, text: string): string | undefined {
  const url = URL.parse(text.trim());
  // Programs disagree about where the host of such a text begins.
  if (url === null || text.includes('\\')) return 'the URL cannot be read without doubt';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `scheme '${url.protocol.slice(0, -1)}' is not http or https`;
  }
  const host = canonicalHost(url.hostname);
  if (host === undefined) return 'the URL has no host';
  if (host.kind === 'name' && !HOST_NAME.test(host.text)) return `host '${host.text}' is not a plain name`;
  return explainHost(parts, host);
}

function explainHost(parts: PolicyParts, host: CanonicalHost): string | undefined {
  const denied = explainListed(parts, host);
  if (denied !== undefined) return denied;
  if (parts.hasAllowlist && !parts.allow.some((rule) => covers(rule, host))) {
    return `host '${host.text}' is not in egress_policy.allow_hosts`;
  }
  return explainPrivate(parts, host);
}

function explainDenied(parts: PolicyParts, host: CanonicalHost): string | undefined {
  return explainListed(parts, host) ?? explainPrivate(parts, host);
}

function explainListed(parts: PolicyParts, host: CanonicalHost): string | undefined {
  const isDenied = parts.deny.some((rule) => covers(rule, host));
  return isDenied ? `host '${host.text}' is in egress_policy.deny_hosts` : undefined;
}

const METADATA_NAME = /^metadata(?:\.goog|\.google\.internal)?$/;
const LOOPBACK_NAME = /(?:^|\.)localhost$/;

/** What the host tells without a look-up. */
function explainPrivate(parts: PolicyParts, host: CanonicalHost): string | undefined {
  if (!parts.blockPrivateIps) return undefined;
  if (host.kind === 'name' && METADATA_NAME.test(host.text)) {
    return `host '${host.text}' is a cloud metadata service (egress_policy.block_private_ips)`;
  }
  const isPrivate = host.kind === 'address' ? isBlocked(host.bytes) : LOOPBACK_NAME.test(host.text);
  if (!isPrivate || isExempt(parts, host)) return undefined;
  return `host '${host.text}' is private (egress_policy.block_private_ips)`;
}

function explainAddress(parts: PolicyParts, hostText: string, addressText: string): string | undefined {
  const host = canonicalHost(hostText);
  const bytes = parseAddress(addressText);
  const name = host?.text ?? hostText;
  if (host === undefined || bytes === undefined) return `host '${name}' has no usable address`;
  const address: CanonicalHost = { kind: 'address', text: addressText, bytes };
  if (parts.deny.some((rule) => covers(rule, address))) {
    return `host '${name}' resolves to ${addressText}, which is in egress_policy.deny_hosts`;
  }
  if (!parts.blockPrivateIps || !isBlocked(bytes)) return undefined;
  if (isExempt(parts, host) || isExempt(parts, address)) return undefined;
  return `host '${name}' resolves to the private address ${addressText} (egress_policy.block_private_ips)`;
}

/** Whether an `allow_hosts` entry names exactly this host, or a block it lies in. */
function isExempt(parts: PolicyParts, host: CanonicalHost): boolean {
  return parts.allow.some((rule) => rule.kind !== 'suffix' && covers(rule, host));
}

async function explainAddresses(
  parts: PolicyParts,
  text: string,
  resolver: HostResolver,
): Promise<string | undefined> {
  const host = canonicalHost(URL.parse(text.trim())?.hostname ?? '');
  if (host?.kind !== 'name' || !dependsOnAddresses(parts, host)) return undefined;
  try {
    const addresses = await resolveInTime(host.text, { resolver, timeoutMs: DNS_TIMEOUT_MS });
    if (addresses.length === 0) return `host '${host.text}' has no addresses, so it cannot be checked`;
    return addresses
      .map((address) => explainAddress(parts, host.text, address))
      .find((reason) => reason !== undefined);
  } catch (error) {
    if (!egressErrors.is(error, 'DNS_FAILED')) throw error;
    return `host '${host.text}' cannot be resolved, so it cannot be checked`;
  }
}

function dependsOnAddresses(parts: PolicyParts, host: CanonicalHost): boolean {
  if (parts.blockPrivateIps && !isExempt(parts, host)) return true;
  return parts.deny.some((rule) => rule.kind === 'range' || parseAddress(rule.text) !== undefined);
}

function covers(rule: EgressRule, host: CanonicalHost): boolean {
  switch (rule.kind) {
    case 'exact':
      return host.text === rule.text;
    case 'suffix':
      return host.kind === 'name' && host.text.endsWith(`.${rule.text}`);
    case 'range':
      return host.kind === 'address' && isInRange(host.bytes, rule.range);
    default:
      return rule satisfies never;
  }
}
