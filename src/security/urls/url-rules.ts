/**
 * Host rules of the URL policy: what an operator may write in `allowlist_hosts` and `denylist_hosts`, in one form.
 *
 * A name covers itself and its subdomains; an address covers itself only; `10.0.0.0/8` covers a block of addresses.
 */
import {
  type AddressBytes,
  type AddressRange,
  type CanonicalHost,
  canonicalHost,
  isInRange,
  parseAddress,
  parseRange,
} from './address.ts';

export type HostRule =
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'address'; readonly text: string }
  | { readonly kind: 'range'; readonly text: string; readonly range: AddressRange };

export interface HostRules {
  readonly rules: readonly HostRule[];
  /** Entries that are neither a host nor a block, as they were written; blank ones are dropped silently. */
  readonly rejected: readonly string[];
}

/** Normalises entries: hosts, URLs, `*.name`, `.name`, `host:port`, addresses, blocks. Duplicates go. */
export function parseHostRules(entries: readonly string[]): HostRules {
  const rules = new Map<string, HostRule>();
  const rejected: string[] = [];
  for (const entry of entries) {
    if (entry.trim() === '') continue;
    const rule = parseHostRule(entry);
    if (rule === undefined) rejected.push(entry);
    else rules.set(`${rule.kind} ${rule.text}`, rule);
  }
  return { rules: [...rules.values()], rejected };
}

/** Excludes wildcards inside a name: they would match nothing and look as if they did. */
const HOST_NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

function parseHostRule(entry: string): HostRule | undefined {
  const trimmed = entry.trim().toLowerCase();
  const range = parseRange(trimmed);
  if (range !== undefined) return { kind: 'range', text: trimmed, range };
  if (isAddressWithPrefix(trimmed)) return undefined; // a block whose prefix is out of range
  const host = canonicalHost(hostPart(trimmed));
  if (host === undefined || (host.kind === 'name' && !HOST_NAME.test(host.text))) return undefined;
  return { kind: host.kind, text: host.text };
}

function isAddressWithPrefix(entry: string): boolean {
  const address = /^\[?([^\]/]+)\]?\/\d+$/.exec(entry)?.[1];
  return address !== undefined && parseAddress(address) !== undefined;
}

/** The host of a URL, or the entry without path, wildcard and port. */
function hostPart(entry: string): string {
  const withoutScheme = entry.replace(/^[a-z][a-z0-9+.-]*:\/\//, '').replace(/^[^/@]*@/, '');
  const authority = withoutScheme.replace(/[/?#].*$/, '').replace(/^\*?\./, '');
  const isBareIpv6 = (authority.match(/:/g)?.length ?? 0) > 1 && !authority.startsWith('[');
  return isBareIpv6 ? authority : authority.replace(/:\d*$/, '');
}

/** The first rule that covers the host of a URL. */
export function findHostRule(rules: readonly HostRule[], host: CanonicalHost): HostRule | undefined {
  return rules.find((rule) => {
    switch (rule.kind) {
      case 'name':
        return host.kind === 'name' && (host.text === rule.text || host.text.endsWith(`.${rule.text}`));
      case 'address':
        return host.kind === 'address' && host.text === rule.text;
      case 'range':
        return host.kind === 'address' && isInRange(host.bytes, rule.range);
      default:
        return rule satisfies never;
    }
  });
}

/** The first block that covers an address; used for addresses a name resolved to. */
export function findRangeRule(rules: readonly HostRule[], address: AddressBytes): HostRule | undefined {
  return rules.find((rule) => rule.kind === 'range' && isInRange(address, rule.range));
}
