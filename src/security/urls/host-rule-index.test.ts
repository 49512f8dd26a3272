import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalHost, parseAddress } from './address.ts';
import { HostRuleIndex } from './host-rule-index.ts';
import { findHostRule, parseHostRules } from './url-rules.ts';

const ENTRIES = ['a.example', 'b.a.example', 'com', '10.0.0.0/8', '192.0.2.7', '[2001:db8::1]', 'fc00::/7'];
const HOSTS = [
  'a.example',
  'x.a.example',
  'na.example',
  'example',
  'q.com',
  '10.9.8.7',
  '192.0.2.7',
  '192.0.2.8',
  '[2001:db8::1]',
  '[fd00::1]',
];

it('finds what a walk through all rules finds', () => {
  fc.assert(
    fc.property(fc.subarray(ENTRIES), fc.constantFrom(...HOSTS), (entries, text) => {
      const { rules } = parseHostRules(entries);
      const host = canonicalHost(text);
      if (host === undefined) throw new Error(text);
      const found = new HostRuleIndex(rules).find(host);
      expect(found === undefined).toBe(findHostRule(rules, host) === undefined);
    }),
  );
});

it('counts rules, writes them out again and knows the block of an address', () => {
  const index = new HostRuleIndex(parseHostRules(ENTRIES).rules);
  expect(index.size).toBe(ENTRIES.length);
  expect(new HostRuleIndex(parseHostRules([...index.texts()]).rules).size).toBe(ENTRIES.length);
  expect(index.findRange(parseAddress('10.1.1.1') ?? [])?.text).toBe('10.0.0.0/8');
  expect(index.findRange(parseAddress('11.1.1.1') ?? [])).toBeUndefined();
});
