import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalHost, isBlockedAddress, isInRange, parseAddress, parseRange } from './address.ts';

const canonical = (text: string) => canonicalHost(text)?.text;
const byte = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.tuple(byte, byte, byte, byte);
const group = (high: number, low: number) => ((high << 8) | low).toString(16);

describe('canonicalHost', () => {
  it.each([
    ['Example.COM', 'example.com'],
    ['evil.example.', 'evil.example'],
    ['evil.example..', 'evil.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['ｅｘａｍｐｌｅ.com', 'example.com'],
    ['2130706433', '127.0.0.1'],
    ['0x7f000001', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['0177.0.0.1', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['127.0.0.1.', '127.0.0.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
    ['FE80::1%eth0', 'fe80::1'],
    ['[::ffff:10.0.0.1]', '::ffff:a00:1'],
    ['localhost', 'localhost'],
  ])('writes %s as %s', (text, expected) => expect(canonical(text)).toBe(expected));

  it.each([
    '',
    ' ',
    '.',
    'a b',
    'a/b',
    'a@b',
    'a:80',
    'a:99',
    'a?b',
    '[::1',
    '1.2.3.4.5',
    '256.1.1.1',
    '::zz',
  ])('finds no host in %j', (text) => expect(canonicalHost(text)).toBeUndefined());

  it('is stable: the canonical form of a canonical form is itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()), (text) => {
        const once = canonical(text);
        if (once !== undefined) expect(canonical(once)).toBe(once);
      }),
    );
  });
});

describe('parseAddress', () => {
  it('reads every spelling of an IPv6 address as the same sixteen bytes', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const bytes = parseAddress(text);
        expect(bytes).toHaveLength(16);
        const short = canonical(`[${text}]`) ?? '';
        expect(parseAddress(short)).toEqual(bytes);
      }),
    );
  });

  it.each(['', 'localhost', '1.2.3', '01.2.3.4', '1.2.3.4/8', '[::1]', ':::'])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('ranges', () => {
  it('hold exactly the addresses that share the prefix', () => {
    fc.assert(
      fc.property(ipv4, ipv4, fc.integer({ min: 0, max: 32 }), (address, network, prefix) => {
        const number = (bytes: readonly number[]) =>
          bytes.reduce((sum, value) => sum * 256n + BigInt(value), 0n);
        const shift = BigInt(32 - prefix);
        const expected = number(address.map(Number)) >> shift === number(network) >> shift;
        expect(isInRange(address, { bytes: network, prefix })).toBe(expected);
      }),
    );
  });

  it('never hold addresses of the other family', () => {
    expect(isInRange(parseAddress('::')!, parseRange('0.0.0.0/0')!)).toBe(false);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '::/129', 'a/8', '10.0.0/8', '10.0.0.0/-1'])('are not %j', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });
});

describe('isBlockedAddress', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::8.8.8.8',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:10::1',
    '2001:2f::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '2002:a00:1::',
    '2600::200:5efe:10.0.0.1',
    '2600::5efe:192.168.0.1',
    '3fff::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fec0::1',
    'ff02::1',
    'not an address',
    '',
  ])('blocks %j', (text) => expect(isBlockedAddress(text)).toBe(true));

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '2606:4700:4700::1111',
    '2a00:1450:4001:80b::200e',
    '2600::5efe:8.8.8.8',
  ])('lets %j pass', (text) => expect(isBlockedAddress(text)).toBe(false));

  it('judges an IPv4 address the same in every IPv6 form that carries it', () => {
    fc.assert(
      fc.property(ipv4, (address) => {
        const [a, b, c, d] = address;
        const expected = isBlockedAddress(address.join('.'));
        const flipped = [a, b, c, d].map((value) => value ^ 0xff) as [number, number, number, number];
        const forms = [
          `::ffff:${address.join('.')}`,
          `::ffff:${group(a, b)}:${group(c, d)}`,
          `::ffff:0:${address.join('.')}`,
          `64:ff9b::${group(a, b)}:${group(c, d)}`,
          `2002:${group(a, b)}:${group(c, d)}::1`,
          `2001:0:808:808::${group(flipped[0], flipped[1])}:${group(flipped[2], flipped[3])}`,
          `2001:0:${group(a, b)}:${group(c, d)}::f7f7:f7f7`,
          `2600::200:5efe:${group(a, b)}:${group(c, d)}`,
        ];
        for (const form of forms) expect([form, isBlockedAddress(form)]).toEqual([form, expected]);
      }),
    );
  });
});
