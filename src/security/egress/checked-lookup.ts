/**
 * Name resolution for outgoing connections that judges every address before one is connected to.
 *
 * Invariants: the addresses handed to the socket are the ones that were judged, so a name that resolves differently a
 * second time gains nothing (DNS rebinding); one bad address among several refuses all; no answer, an empty answer and
 * a late answer refuse.
 */
import { promises as dns } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { errorMessage, MicroclawError } from '../../core/errors.ts';
import type { UrlPolicy } from '../urls/url-policy.ts';
import { egressErrors } from './errors.ts';

/** Resolves a host name to every address it has. Rejects when it has none. */
export type HostResolver = (hostname: string) => Promise<readonly string[]>;

export const DNS_TIMEOUT_MS = 3000;

/** The operating system's resolver, hosts file included. */
export const systemResolver: HostResolver = async (hostname) => {
  const answers = await dns.lookup(hostname, { all: true });
  return answers.map((answer) => answer.address);
};

export interface CheckedLookupOptions {
  readonly policy: UrlPolicy;
  readonly resolver: HostResolver;
  readonly timeoutMs: number;
}

/** Addresses of `hostname` that the policy lets pass. Raises `MC_EGRESS_DNS_FAILED` and `MC_EGRESS_BLOCKED`. */
export async function resolveChecked(
  hostname: string,
  options: CheckedLookupOptions,
): Promise<readonly { readonly address: string; readonly family: number }[]> {
  const addresses = await resolveInTime(hostname, options);
  if (addresses.length === 0) throw dnsFailure(hostname, 'it has no addresses');
  for (const address of addresses) {
    const refusal = options.policy.explainAddress(hostname, address);
    if (refusal === undefined) continue;
    throw egressErrors.create('BLOCKED', refusal.message, { data: { rule: refusal.rule, host: hostname } });
  }
  return addresses.map((address) => ({ address, family: isIP(address) }));
}

/** The same as a hook of `net.connect`. */
export function checkedLookup(options: CheckedLookupOptions): LookupFunction {
  return (hostname, request, callback) => {
    resolveChecked(hostname, options).then(
      (addresses) => {
        const usable = addresses.filter(({ family }) => isWantedFamily(family, request.family));
        const [first] = usable;
        if (first === undefined) callback(dnsFailure(hostname, 'it has no usable addresses'), '');
        else if (request.all === true) callback(null, [...usable]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, ''),
    );
  };
}

function isWantedFamily(family: number, wanted: number | string | undefined): boolean {
  if (wanted === 4 || wanted === 'IPv4') return family === 4;
  if (wanted === 6 || wanted === 'IPv6') return family === 6;
  return true;
}

/** The answer of the resolver. Raises `MC_EGRESS_DNS_FAILED`, also when it comes too late. */
export async function resolveInTime(
  hostname: string,
  options: Pick<CheckedLookupOptions, 'resolver' | 'timeoutMs'>,
): Promise<readonly string[]> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(dnsFailure(hostname, `no answer within ${options.timeoutMs / 1000} s`)),
    options.timeoutMs,
  );
  try {
    return await Promise.race([options.resolver(hostname), late]);
  } catch (error) {
    throw error instanceof MicroclawError ? error : dnsFailure(hostname, describe(error), error);
  } finally {
    clearTimeout(timer);
  }
}

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : errorMessage(error);
  return code === 'ENOTFOUND' ? 'no such host' : code;
}

function dnsFailure(hostname: string, why: string, cause?: unknown): MicroclawError {
  return egressErrors.create('DNS_FAILED', `URL host '${hostname}' could not be resolved: ${why}`, { cause });
}
