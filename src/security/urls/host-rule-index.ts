/** Many host rules, looked up without walking through all of them. Same meaning as `findHostRule`. */
import type { AddressBytes, CanonicalHost } from './address.ts';
import { findHostRule, findRangeRule, type HostRule } from './url-rules.ts';

export class HostRuleIndex {
  /** Names and addresses, by their text: the two never look alike. */
  readonly #exact = new Map<string, HostRule>();
  readonly #ranges: HostRule[] = [];

  constructor(rules: Iterable<HostRule>) {
    for (const rule of rules) {
      if (rule.kind === 'range') this.#ranges.push(rule);
      else this.#exact.set(rule.text, rule);
    }
  }

  get size(): number {
    return this.#exact.size + this.#ranges.length;
  }

  /** The rules as they would be written. */
  texts(): readonly string[] {
    return [...this.#exact.keys(), ...this.#ranges.map((rule) => rule.text)];
  }

  /** The rule that covers the host of a URL. */
  find(host: CanonicalHost): HostRule | undefined {
    if (host.kind === 'address') return this.#exact.get(host.text) ?? findHostRule(this.#ranges, host);
    for (let name = host.text; name !== ''; name = parentOf(name)) {
      const rule = this.#exact.get(name);
      if (rule !== undefined) return rule;
    }
    return undefined;
  }

  /** The block that covers an address. */
  findRange(address: AddressBytes): HostRule | undefined {
    return findRangeRule(this.#ranges, address);
  }
}

function parentOf(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}
