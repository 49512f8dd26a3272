/**
 * Addresses that a model may be talked into: every notation of this machine, of private networks and of metadata
 * services, and names that resolve to them. None is connected to.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgressClient } from '../../src/security/egress/egress-client.ts';
import { isBlockedAddress } from '../../src/security/urls/address.ts';
import { createUrlPolicy, defaultUrlPolicyOptions } from '../../src/security/urls/url-policy.ts';

const policy = createUrlPolicy(defaultUrlPolicyOptions);

/** Hosts that name an address without a look-up. */
const LITERALS = `
  127.0.0.1 127.0.0.1. 127.1 127.0.1 127.255.255.254 0177.0.0.1 0x7f.0.0.1 0x7f000001 0x7F000001 017700000001
  2130706433 2130706433. 0x7f.1 0177.1 127.0.0.0x1 %31%32%37.0.0.1 １２７.0.0.1 127。0。0。1 ①②⑦.0.0.1
  0.0.0.0 0 0x0 0.1.2.3 00.0.0.0
  10.0.0.1 10.255.255.255 012.0.0.1 0xa.0.0.1 167772161 10.1
  172.16.0.1 172.31.255.255 0xac100001 2886729729
  192.168.0.1 192.168.255.255 0xc0a80001 3232235521 192.168.1
  168.63.129.16 169.254.169.254 169.254.0.1 0xa9fea9fe 2852039166 0251.0376.0251.0376
  100.64.0.1 100.127.255.255 100.100.100.200 192.0.0.1 192.0.0.192 198.18.0.1 198.19.255.255
  192.0.2.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
  [::] [::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001]
  [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::ffff:a9fe:a9fe] [::ffff:192.168.1.1] [0:0:0:0:0:ffff:7f00:1]
  [::127.0.0.1] [::7f00:1] [::a00:1]
  [64:ff9b::7f00:1] [64:ff9b::10.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1]
  [2002:7f00:1::] [2002:a00:1::1] [2002:c0a8:101::1]
  [fe80::1] [febf::1] [fc00::1] [fd00::1] [fd00:ec2::254] [fec0::1] [ff02::1] [ff0e::1] [2001:db8::1]
`.split(/\s+/);

const HOSTS = LITERALS.filter((host) => host !== '');

describe('an address literal is refused before any connection', () => {
  it.each(HOSTS)('http://%s/', (host) => {
    expect(policy.explain(`http://${host}/`).kind).toBe('refused');
  });

  it.each(HOSTS.filter((host) => !host.includes('%')))('https with user, port and path: %s', (host) => {
    expect(
      policy.explain(`https://public.example@${host}:8443/latest/meta-data/?u=https://ok.example/`).kind,
    ).toBe('refused');
  });
});

describe('names and schemes', () => {
  it.each(
    `
    http://metadata/ http://metadata./ http://METADATA.google.internal/ http://metadata.google.internal./computeMetadata/v1/
    http://metadata.goog/ http://mEtAdAtA.gOoG:80/
    file:///etc/passwd FILE:///etc/passwd file://localhost/etc/passwd ftp://a.example/ gopher://127.0.0.1:6379/_INFO
    data:text/plain,hello javascript:alert(1) dict://127.0.0.1:11211/ ldap://a.example/ ws://a.example/ jar:http://a.example!/
    blob:https://a.example/x about:blank unix:/run/docker.sock http+unix://%2Frun%2Fdocker.sock/info
    //127.0.0.1/ http:/// http:// http:127.0.0.1 http:\\\\127.0.0.1\\ \\\\127.0.0.1\\share
  `
      .trim()
      .split(/\s+/),
  )('%s', (url) => {
    expect(policy.explain(url).kind).toBe('refused');
  });
});

describe('a name', () => {
  let server: Server;
  let port: number;
  let requests = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests += 1;
      const [, status, target] = /^\/(30\d)\/(.*)$/.exec(request.url ?? '') ?? [];
      if (status === undefined) response.end('reached');
      else response.writeHead(Number(status), { location: decodeURIComponent(target ?? '') }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const fetchAs = (url: string, addresses: readonly string[], allowlistHosts: readonly string[] = []) =>
    createEgressClient({ resolver: async () => addresses }).fetch({
      url,
      policy: createUrlPolicy({ ...defaultUrlPolicyOptions, allowlistHosts }),
      timeoutMs: 5000,
      maxBytes: 1000,
      signal: new AbortController().signal,
    });

  it.each([
    [['127.0.0.1']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['10.0.0.5']],
    [['169.254.169.254']],
    [['fd00:ec2::254']],
    [['203.0.113.1', '127.0.0.1']],
    [['0.0.0.0']],
    [[]],
  ])('that resolves to %j is not connected to', async (addresses) => {
    const before = requests;
    await expect(fetchAs(`http://rebound.example:${port}/`, addresses)).rejects.toThrow(/blocked|resolve/);
    expect(requests).toBe(before);
  });

  it('whose answer changes after the check is not connected to: the checked address is the one used', async () => {
    let asked = 0;
    const client = createEgressClient({
      resolver: async () => {
        asked += 1;
        return asked === 1 ? ['203.0.113.77'] : ['127.0.0.1'];
      },
    });
    const before = requests;
    const fetching = client.fetch({
      url: `http://rebound.example:${port}/`,
      policy,
      timeoutMs: 300,
      maxBytes: 1000,
      signal: new AbortController().signal,
    });
    await expect(fetching).rejects.toThrow();
    expect(requests).toBe(before);
  });

  it.each(
    [301, 302, 303, 307, 308].flatMap((status) =>
      [
        'http://127.0.0.1:{port}/final',
        '//127.1:{port}/final',
        'http://[::1]:{port}/final',
        'http://2130706433:{port}/final',
        'file:///etc/passwd',
        'http://metadata.google.internal/',
      ].map((target) => [status, target] as const),
    ),
  )('that is allowed and answers %i to %s leads nowhere', async (status, target) => {
    const location = encodeURIComponent(target.replace('{port}', String(port)));
    const before = requests;
    const fetching = fetchAs(
      `http://listed.example:${port}/${status}/${location}`,
      ['127.0.0.1'],
      ['listed.example'],
    );
    await expect(fetching).rejects.toThrow(/not in allowlist|blocked|not allowed/);
    expect(requests).toBe(before + 1);
  });
});

it('any spelling of a blocked IPv4 address as one number or in octal and hexadecimal parts is blocked', () => {
  const octet = fc.nat(255);
  const blocked = fc.tuple(fc.constantFrom(10, 127, 0), octet, octet, octet);
  const spell = (part: number, base: number) => {
    if (base === 8) return `0${part.toString(8)}`;
    return base === 16 ? `0x${part.toString(16)}` : String(part);
  };
  fc.assert(
    fc.property(
      blocked,
      fc.array(fc.constantFrom(8, 10, 16), { minLength: 4, maxLength: 4 }),
      (parts, bases) => {
        const [a, b, c, d] = parts;
        const whole = ((a * 256 + b) * 256 + c) * 256 + d;
        const dotted = parts.map((part, index) => spell(part, bases[index] ?? 10)).join('.');
        for (const host of [dotted, spell(whole, bases[0] ?? 10)]) {
          if (policy.explain(`http://${host}/`).kind !== 'refused') return false;
        }
        return isBlockedAddress(parts.join('.')) && isBlockedAddress(`::ffff:${parts.join('.')}`);
      },
    ),
    { numRuns: 500 },
  );
});
