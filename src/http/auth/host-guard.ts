/**
 * Which Host headers the server answers to. A page of a foreign name that resolves to this machine (DNS rebinding)
 * carries that name in Host and is refused.
 *
 * Invariant: address literals are always allowed: a browser sends one only when the user opened that address, so no
 * name was rebound.
 */
import { isIP } from 'node:net';

export interface HostGuardOptions {
  /** `web_host`: address or name the server is bound to. */
  readonly bindHost: string;
  /** Names under which the server is reached, without port. A leading `*.` matches any subdomain. */
  readonly allowedHosts: readonly string[];
}

export type HostGuard = (hostHeader: string | undefined) => boolean;

/** A check of one Host header. */
export function createHostGuard(options: HostGuardOptions): HostGuard {
  const names = [options.bindHost, ...options.allowedHosts].map((name) => name.toLowerCase());
  const exact = new Set(['localhost', ...names.filter((name) => !name.startsWith('*.'))]);
  const suffixes = [
    '.localhost',
    ...names.filter((name) => name.startsWith('*.')).map((name) => name.slice(1)),
  ];
  return (hostHeader) => {
    if (hostHeader === undefined) return false;
    const host = hostName(hostHeader);
    if (host === '') return false;
    return isIP(host) !== 0 || exact.has(host) || suffixes.some((suffix) => host.endsWith(suffix));
  };
}

/** The name or address of a Host header, without port, brackets and the final dot; lower case. */
export function hostName(hostHeader: string): string {
  const trimmed = hostHeader.trim().toLowerCase();
  if (trimmed.startsWith('[')) return trimmed.slice(1, Math.max(1, trimmed.indexOf(']')));
  return (trimmed.split(':')[0] ?? '').replace(/\.$/, '');
}
