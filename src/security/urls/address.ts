/**
 * IP addresses and hosts in one canonical form, and which addresses are never a public destination (tools §7.1).
 *
 * Invariants: two spellings of one host have one canonical form; an address that carries an IPv4 address inside
 * (mapped, NAT64, 6to4, Teredo, ISATAP, …) is judged by it; what cannot be parsed counts as blocked.
 */
import { isIP, isIPv6 } from 'node:net';
import { lazy } from '../../core/lazy.ts';

/** An address as its bytes, 4 or 16 of them. */
export type AddressBytes = readonly number[];

/** A host of a URL or rule: an address, or a lower-case ASCII name without a final dot. */
export type CanonicalHost =
  | { readonly kind: 'address'; readonly text: string; readonly bytes: AddressBytes }
  | { readonly kind: 'name'; readonly text: string };

/** A block of addresses; `prefix` counts bits from the front. */
export interface AddressRange {
  readonly bytes: AddressBytes;
  readonly prefix: number;
}

/**
 * The canonical form of a host as it appears in a URL or is typed by a person: IDN becomes ASCII, odd IPv4 notations
 * become dotted decimal, brackets, zone index and final dots go. `undefined` when it is not a host.
 */
export function canonicalHost(text: string): CanonicalHost | undefined {
  const bare = text
    .trim()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, (zone) => (text.includes(':') ? '' : zone));
  const hostname = urlHostname(isIPv6(bare) ? `[${bare}]` : bare);
  if (hostname === undefined) return undefined;
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.+$/, '');
  if (host === '') return undefined;
  const bytes = parseAddress(host);
  return bytes === undefined ? { kind: 'name', text: host } : { kind: 'address', text: host, bytes };
}

/** Lets the WHATWG parser do the normalising; anything that is more than a host is refused. */
function urlHostname(host: string): string | undefined {
  if (host === '' || /[\s/?#@\\]/.test(host)) return undefined;
  if (host.includes(':') && !host.startsWith('[')) return undefined;
  const url = URL.parse(`http://${host}/`);
  return url === null || url.port !== '' ? undefined : url.hostname;
}

/** Bytes of an address literal in standard notation; `undefined` for anything else. */
export function parseAddress(text: string): AddressBytes | undefined {
  const bare = text.replace(/%.*$/, '');
  switch (isIP(bare)) {
    case 4:
      return bare.split('.').map(Number);
    case 6:
      return parseIpv6(bare);
    default:
      return undefined;
  }
}

function parseIpv6(text: string): AddressBytes {
  const [head = '', tail] = text.split('::');
  const front = parseGroups(head);
  const back = tail === undefined ? [] : parseGroups(tail);
  return [...front, ...Array<number>(16 - front.length - back.length).fill(0), ...back];
}

function parseGroups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Reads `10.0.0.0/8` or `fc00::/7`; `undefined` when it is not a block. */
export function parseRange(text: string): AddressRange | undefined {
  const match = /^\[?([^\]/]+)\]?\/(\d{1,3})$/.exec(text.trim());
  const bytes = match === null ? undefined : parseAddress(match[1] ?? '');
  const prefix = Number(match?.[2]);
  return bytes === undefined || prefix > bytes.length * 8 ? undefined : { bytes, prefix };
}

/** Whether `address` lies in `range`; addresses of the other family never do. */
export function isInRange(address: AddressBytes, range: AddressRange): boolean {
  if (address.length !== range.bytes.length) return false;
  const whole = range.prefix >> 3;
  for (let index = 0; index < whole; index += 1) if (address[index] !== range.bytes[index]) return false;
  const rest = range.prefix & 7;
  if (rest === 0) return true;
  const mask = 0xff & (0xff << (8 - rest));
  return ((address[whole] ?? 0) & mask) === ((range.bytes[whole] ?? 0) & mask);
}

/** Read when first needed: a start has no use for addresses, and the pattern of IPv6 takes long to compile. */
const blockedRanges = lazy((): readonly AddressRange[] =>
  [
    '0.0.0.0/8', // this network
    '10.0.0.0/8',
    '100.64.0.0/10', // carrier NAT
    '127.0.0.0/8',
    '168.63.129.16/32', // cloud metadata of Azure, an address that looks public
    '169.254.0.0/16', // link local, cloud metadata
    '172.16.0.0/12',
    '192.0.0.0/24', // protocol assignments
    '192.0.2.0/24', // documentation
    '192.168.0.0/16',
    '198.18.0.0/15', // benchmarks
    '198.51.100.0/24', // documentation
    '203.0.113.0/24', // documentation
    '224.0.0.0/4', // multicast
    '240.0.0.0/4', // reserved, broadcast
    '::/96', // unspecified, loopback, IPv4-compatible
    '64:ff9b:1::/48', // NAT64 for local use
    '100::/64', // discard
    '2001:2::/48', // benchmarks
    '2001:10::/28', // ORCHID
    '2001:20::/28', // ORCHID version 2
    '2001:db8::/32', // documentation
    '3fff::/20', // documentation
    'fc00::/7', // unique local
    'fe80::/10', // link local
    'fec0::/10', // site local
    'ff00::/8', // multicast
  ].map((text) => knownRange(text)),
);

/** How IPv6 blocks carry an IPv4 address: at a byte offset, plain or with every bit flipped. */
interface Carrier {
  readonly range: AddressRange;
  readonly offset: number;
  readonly isFlipped?: true;
}

const carriers = lazy((): readonly Carrier[] => [
  { range: knownRange('::ffff:0:0/96'), offset: 12 }, // IPv4-mapped
  { range: knownRange('::ffff:0:0:0/96'), offset: 12 }, // IPv4-translated
  { range: knownRange('64:ff9b::/96'), offset: 12 }, // NAT64
  { range: knownRange('2002::/16'), offset: 2 }, // 6to4
  { range: knownRange('2001::/32'), offset: 4 }, // Teredo: the server …
  { range: knownRange('2001::/32'), offset: 12, isFlipped: true }, // … and the client
]);

/** True for every address that is not a public unicast destination, and for text that is no address. */
export function isBlockedAddress(text: string): boolean {
  const bytes = parseAddress(text);
  return bytes === undefined || isBlocked(bytes);
}

/** As `isBlockedAddress`, for parsed addresses. */
export function isBlocked(address: AddressBytes): boolean {
  if (blockedRanges().some((range) => isInRange(address, range))) return true;
  return carriedAddresses(address).some(isBlocked);
}

function carriedAddresses(address: AddressBytes): readonly AddressBytes[] {
  const carried = carriers()
    .filter(({ range }) => isInRange(address, range))
    .map(({ offset, isFlipped }) =>
      address.slice(offset, offset + 4).map((byte) => (isFlipped === true ? byte ^ 0xff : byte)),
    );
  return isIsatap(address) ? [...carried, address.slice(12)] : carried;
}

/** Interface identifier `[02]00:5efe:<IPv4>` under any prefix (RFC 5214). */
function isIsatap(address: AddressBytes): boolean {
  if (address.length !== 16 || ((address[8] ?? 0) & 0xfd) !== 0 || address[9] !== 0) return false;
  return address[10] === 0x5e && address[11] === 0xfe;
}

/** For the tables of this file only: a mistake there must not pass silently. */
function knownRange(text: string): AddressRange {
  const range = parseRange(text);
  if (range === undefined) throw new TypeError(`not an address range: ${text}`);
  return range;
}
