import { describe, expect, it } from 'vitest';
import { canonicalHost } from '../urls/address.ts';
import { createEgressPolicy, type EgressPolicyOptions } from './egress-policy.ts';

function policyOf(options: Partial<EgressPolicyOptions> = {}) {
  return createEgressPolicy({
    mode: 'block',
    allowHosts: [],
    denyHosts: [],
    blockPrivateIps: true,
    resolver: async () => ['93.184.216.34'],
    ...options,
  });
}

describe('hosts', () => {
  it('are refused when they are listed, in any spelling', () => {
    const policy = policyOf({ denyHosts: ['bad.example', 'münchen.example', '203.0.114.7'] });
    for (const url of [
      'https://bad.example/x',
      'http://BAD.example.:8080',
      'https://user:pass@bad.example/',
      'https://ok.example@bad.example',
      'https://xn--mnchen-3ya.example',
      'http://3405804039/',
      'http://0xcb007207/',
    ]) {
      expect(policy.explain(url), url).toMatch(/is in egress_policy.deny_hosts$/);
    }
    expect(policy.explain('https://notbad.example')).toBeUndefined();
    expect(policy.explain('https://sub.bad.example')).toBeUndefined();
  });

  it('match a star entry by their subdomains only', () => {
    const policy = policyOf({ allowHosts: ['*.trusted.test'] });
    expect(policy.explain('https://a.trusted.test')).toBeUndefined();
    expect(policy.explain('https://a.b.trusted.test')).toBeUndefined();
    expect(policy.explain('https://trusted.test')).toBe(
      "host 'trusted.test' is not in egress_policy.allow_hosts",
    );
    expect(policy.explain('https://nottrusted.test')).toBeTypeOf('string');
  });

  it('are refused when they are both allowed and denied', () => {
    const policy = policyOf({ allowHosts: ['x.example'], denyHosts: ['*.example'] });
    expect(policy.explain('https://x.example')).toMatch('deny_hosts');
  });

  it('are refused when a program could read them otherwise', () => {
    const policy = policyOf({ allowHosts: ['ok.example'] });
    const urls = [
      'https://ok.example\\@bad.example',
      'https://$HOST/',
      'https://',
      'ftp://ok.example',
      '/relative',
    ];
    for (const url of urls) expect(policy.explain(url), url).toBeTypeOf('string');
  });
});

describe('private addresses', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/',
    'http://metadata.google.internal/',
    'http://localhost:8080/',
    'http://a.localhost/',
  ])('refuse %s', (url) => {
    expect(policyOf().explain(url)).toMatch('egress_policy.block_private_ips');
  });

  it('may be reached when an exact entry names the host, not through a wildcard', async () => {
    const resolver = async () => ['10.0.0.5'];
    const exact = policyOf({ allowHosts: ['search.corp', '127.0.0.1', '10.0.0.0/8'], resolver });
    expect(exact.explain('http://127.0.0.1:11434/v1')).toBeUndefined();
    expect(exact.explain('http://10.9.9.9/')).toBeUndefined();
    expect(await exact.explainResolved('http://search.corp/')).toBeUndefined();
    const wildcard = policyOf({ allowHosts: ['*.corp'], resolver });
    expect(await wildcard.explainResolved('http://search.corp/')).toBe(
      "host 'search.corp' resolves to the private address 10.0.0.5 (egress_policy.block_private_ips)",
    );
  });

  it('never include metadata services', () => {
    expect(
      policyOf({ allowHosts: ['metadata.google.internal'] }).explain('http://metadata.google.internal'),
    ).toMatch('metadata service');
  });

  it('are reachable when the check is off', async () => {
    const policy = policyOf({ blockPrivateIps: false, resolver: () => Promise.reject(new Error('unused')) });
    expect(await policy.explainResolved('http://printer.lan/')).toBeUndefined();
    expect(policy.explain('http://127.0.0.1')).toBeUndefined();
  });
});

describe('resolved hosts', () => {
  it('are refused when any address is bad, or there is none', async () => {
    const bad = policyOf({ resolver: async () => ['93.184.216.34', '127.0.0.1'] });
    expect(await bad.explainResolved('https://x.example')).toMatch('private address 127.0.0.1');
    const empty = policyOf({ resolver: async () => [] });
    expect(await empty.explainResolved('https://x.example')).toMatch('has no addresses');
    const failing = policyOf({ resolver: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await failing.explainResolved('https://x.example')).toMatch('cannot be resolved');
    expect(await policyOf().explainResolved('https://x.example')).toBeUndefined();
  });

  it('are refused when an address is denied, even with private addresses open', async () => {
    const policy = policyOf({ denyHosts: ['93.184.216.0/24'], blockPrivateIps: false });
    expect(await policy.explainResolved('https://x.example')).toMatch('which is in egress_policy.deny_hosts');
  });
});

it('names entries that are no hosts, and still treats the list as one', () => {
  const policy = policyOf({ allowHosts: ['https://x.example/path'], denyHosts: ['a b', '*.1.2.3.4'] });
  expect(policy.rejectedEntries).toEqual([
    "egress_policy.allow_hosts: 'https://x.example/path'",
    "egress_policy.deny_hosts: 'a b'",
    "egress_policy.deny_hosts: '*.1.2.3.4'",
  ]);
  expect(policy.explain('https://x.example')).toMatch('not in egress_policy.allow_hosts');
});

it('leaves the allow list aside for words that only may be hosts', () => {
  const policy = policyOf({ allowHosts: ['ok.example'], denyHosts: ['bad.example'] });
  const explain = (text: string) => {
    const host = canonicalHost(text);
    return host === undefined ? 'no host' : policy.explainDenied(host);
  };
  expect(explain('out.txt')).toBeUndefined();
  expect(explain('bad.example')).toMatch('deny_hosts');
  expect(explain('10.0.0.1')).toMatch('is private');
});
