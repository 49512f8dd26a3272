/**
 * The address that counts as the client for login throttling.
 *
 * Invariants: `x-forwarded-for` is read only when the operator says that a proxy writes it, and then its last entry,
 * the one that proxy added: earlier ones are the client's own words. IPv6 clients count by their /64 network, which is
 * what one client is given.
 */
import { isIP, isIPv6 } from 'node:net';
import type { Context } from 'hono';
import type { HttpEnv } from '../http-env.ts';

/** The throttle key of a request's sender. */
export function requestClient(context: Context<HttpEnv>, trustForwardedFor: boolean): string {
  const socketAddress = context.env?.incoming?.socket.remoteAddress;
  return clientAddress(socketAddress, context.req.header('x-forwarded-for'), trustForwardedFor);
}

/** The throttle key of a request. `unknown` when there is no socket address (control socket). */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trustForwardedFor: boolean,
): string {
  const forwarded = trustForwardedFor ? lastAddress(forwardedFor) : undefined;
  const address = forwarded ?? socketAddress;
  return address === undefined ? 'unknown' : networkOf(address);
}

function lastAddress(forwardedFor: string | undefined): string | undefined {
  const entries = forwardedFor?.split(',').map((entry) => withoutPort(entry.trim())) ?? [];
  return entries.findLast((entry) => isIP(entry) !== 0);
}

/** Accepts `ip`, `ip:port`, `[v6]` and `[v6]:port`. */
function withoutPort(entry: string): string {
  if (entry.startsWith('[')) return entry.slice(1, Math.max(1, entry.indexOf(']')));
  const parts = entry.split(':');
  return parts.length === 2 ? (parts[0] ?? '') : entry;
}

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
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
