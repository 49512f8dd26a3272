/**
 * The address that counts as the client for login throttling and in the audit log.
 *
 * Invariants: `x-forwarded-for` is read only when the operator says that proxies write it and the connection comes from
 * one of them; then the client is the last hop that is no proxy of the operator's, because everything before it is the
 * client's own words. IPv6 clients count by their /64 network, which is what one client is given.
 */
import { isIP, isIPv6 } from 'node:net';
import type { Context } from 'hono';
import { type AddressRange, isInRange, parseAddress, parseRange } from '../../security/urls/address.ts';
import type { HttpEnv } from '../http-env.ts';

export interface ClientAddressOptions {
  /** `channels.web.trust_x_forwarded_for`. */
  readonly trustForwardedFor: boolean;
  /** `channels.web.trusted_proxies`: addresses and blocks of addresses. */
  readonly trustedProxies: readonly string[];
}

/** The throttle key of a request's sender; `unknown` when there is no socket address (control socket). */
export type ClientOf = (context: Context<HttpEnv>) => string;

export function createClientOf(options: ClientAddressOptions): ClientOf {
  const addressOf = createClientAddress(options);
  return (context) => addressOf(context.env.request.remoteAddress, context.req.header('x-forwarded-for'));
}

/** As `createClientOf`, of the address of the connection and the header. */
export function createClientAddress(options: ClientAddressOptions) {
  const ranges = options.trustedProxies.flatMap(toRange);
  return (socketAddress: string | undefined, forwardedFor: string | undefined): string => {
    if (socketAddress === undefined) return 'unknown';
    const peer = withoutMapping(socketAddress);
    const hops = options.trustForwardedFor ? (forwardedFor?.split(',') ?? []) : [];
    return networkOf(lastForeignHop(peer, hops, ranges));
  };
}

/** Goes back from the connection through the operator's proxies to the first address that is none. */
function lastForeignHop(peer: string, hops: readonly string[], ranges: readonly AddressRange[]): string {
  let current = peer;
  for (const hop of hops.toReversed()) {
    if (!isProxy(current, ranges)) return current;
    const address = withoutMapping(withoutPort(hop.trim()));
    if (isIP(address) === 0) return current;
    current = address;
  }
  return current;
}

function isProxy(address: string, ranges: readonly AddressRange[]): boolean {
  const bytes = parseAddress(address);
  return bytes !== undefined && ranges.some((range) => isInRange(bytes, range));
}

function toRange(text: string): readonly AddressRange[] {
  const range = parseRange(text) ?? parseRange(`${text}/${isIPv6(text) ? 128 : 32}`);
  return range === undefined ? [] : [range];
}

/** Accepts `ip`, `ip:port`, `[v6]` and `[v6]:port`. */
function withoutPort(entry: string): string {
  if (entry.startsWith('[')) return entry.slice(1, Math.max(1, entry.indexOf(']')));
  const parts = entry.split(':');
  return parts.length === 2 ? (parts[0] ?? '') : entry;
}

/** The IPv4 address inside `::ffff:1.2.3.4`. */
function withoutMapping(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  return `${expandIPv6(address).slice(0, 4).join(':')}::/64`;
}

/** The eight groups without leading zeros; a zone (`%eth0`) is dropped. */
function expandIPv6(address: string): readonly string[] {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'));
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const zeros = Array.from({ length: Math.max(0, missing) }, () => '0');
  return [...groups(head), ...zeros, ...groups(tail)].map((group) => group.replace(/^0+(?=.)/, ''));
}
