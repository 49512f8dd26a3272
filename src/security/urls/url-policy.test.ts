import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUrlPolicy, defaultUrlPolicyOptions, type UrlPolicyOptions } from './url-policy.ts';

const policy = (options: Partial<UrlPolicyOptions> = {}) =>
  createUrlPolicy({ ...defaultUrlPolicyOptions, ...options });
const judge = (url: string, options: Partial<UrlPolicyOptions> = {}) => {
  const verdict = policy(options).explain(url);
  return verdict.kind === 'allowed' ? 'allowed' : verdict.message;
};
const rule = (url: string, options: Partial<UrlPolicyOptions> = {}) => {
  const verdict = policy(options).explain(url);
  return verdict.kind === 'allowed' ? 'allowed' : verdict.rule;
};

describe('URL policy', () => {
  it('refuses in a fixed order and says why', () => {
    expect(judge('nonsense')).toBe("invalid URL: 'nonsense' has no scheme such as https://");
    expect(judge('')).toBe('invalid URL: it is empty');
    expect(judge('ftp://a.example/')).toBe("URL scheme 'ftp' is not allowed (allowed: https, http)");
    expect(judge('file:///etc/passwd')).toBe("URL scheme 'file' is not allowed (allowed: https, http)");
    expect(judge('mailto:a@b', { allowedSchemes: ['mailto'] })).toBe('URL must include a host');
    expect(judge('https://a.example/')).toBe('allowed');
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/',
    'http://metadata.google.internal/',
    'http://METADATA.google.internal./',
    'http://metadata/',
    'http://127.0.0.1./',
    'http://user:pass@127.0.0.1:8080/',
  ])('refuses %s before any look-up', (url) => {
    expect(judge(url)).toMatch(/blocked (private\/internal address|metadata service name)/);
  });

  it('refuses denylisted hosts and their subdomains in every spelling, and no others', () => {
    const options = { denylistHosts: ['evil.example', 'https://Bücher.example/path', '192.0.2.7'] };
    for (const host of [
      'evil.example',
      'a.evil.example',
      'evil.example.',
      'EVIL.example',
      'bücher.example',
    ]) {
      expect(judge(`https://${host}/`, options)).toMatch(/^URL host '.*' is denylisted$/);
    }
    expect(judge('https://notevil.example/', options)).toBe('allowed');
    expect(rule('http://3221225991/', options)).toBe('denylist');
  });

  it('lets denial win over permission', () => {
    expect(rule('https://x.example/', { allowlistHosts: ['x.example'], denylistHosts: ['x.example'] })).toBe(
      'denylist',
    );
  });

  it('refuses every host that a non-empty allowlist does not name', () => {
    const options = { allowlistHosts: ['*.good.example', 'localhost:8080'] };
    expect(judge('https://good.example/', options)).toBe('allowed');
    expect(judge('https://a.b.good.example/', options)).toBe('allowed');
    expect(judge('http://localhost:9/', options)).toBe('allowed');
    expect(judge('https://other.example/', options)).toBe("URL host 'other.example' is not in allowlist");
  });

  it('permits nothing when an allowlist is meant but has no usable entry', () => {
    expect(rule('https://a.example/', { requireAllowlist: true })).toBe('allowlist');
    expect(rule('https://a.example/', { allowlistHosts: ['not a host'] })).toBe('allowlist');
  });

  it('matches addresses exactly and blocks by prefix', () => {
    expect(rule('http://8.8.8.8/', { denylistHosts: ['8.8.8'] })).toBe('allowed');
    expect(rule('http://8.8.8.8/', { denylistHosts: ['8.8.0.0/16'] })).toBe('denylist');
    expect(rule('http://[2606::5]/', { denylistHosts: ['2606::/16'] })).toBe('denylist');
    expect(rule('http://[2606::5]/', { denylistHosts: ['[2606::5]:443'] })).toBe('denylist');
    expect(rule('http://[2606::5]/', { denylistHosts: ['2606::5'] })).toBe('denylist');
  });

  it('exempts a listed host from the private-address check, but never a metadata name', () => {
    const options = { allowlistHosts: ['localhost', '10.0.0.0/8', 'internal'] };
    expect(policy(options).explain('http://localhost/')).toMatchObject({
      checkAddress: false,
      listedBy: 'localhost',
    });
    expect(policy(options).explainAddress('localhost', '127.0.0.1')).toBeUndefined();
    expect(judge('http://10.1.2.3/', options)).toBe('allowed');
    expect(rule('http://metadata.google.internal/', options)).toBe('metadata');
  });

  it('keeps the private-address check when the rest is disabled', () => {
    const options = { enabled: false, denylistHosts: ['a.example'] };
    expect(judge('https://a.example/', options)).toBe('allowed');
    expect(rule('http://127.0.0.1/', options)).toBe('private_address');
    expect(judge('http://127.0.0.1/', { blockPrivateIps: false })).toBe('allowed');
  });

  it('judges the address a name resolved to', () => {
    const open = policy();
    expect(open.explainAddress('a.example', '8.8.8.8')).toBeUndefined();
    expect(open.explainAddress('a.example', '10.0.0.1')).toEqual({
      kind: 'refused',
      rule: 'private_address',
      message: "URL host 'a.example' resolves to a blocked private/internal address (10.0.0.1)",
    });
    expect(open.explainAddress('a.example', 'garbage')?.rule).toBe('private_address');
    const denying = policy({ denylistHosts: ['8.8.0.0/16', '9.9.9.9'] });
    expect(denying.explainAddress('a.example', '8.8.8.8')?.rule).toBe('denylist');
    expect(denying.explainAddress('a.example', '9.9.9.9')).toBeUndefined();
  });

  it('names the entries it cannot use', () => {
    const { rejectedEntries } = policy({
      allowlistHosts: ['a b', ' ', 'ok.example'],
      denylistHosts: ['*', 'a.*.b', '10.0.0.0/99'],
    });
    expect(rejectedEntries).toEqual(['a b', '*', 'a.*.b', '10.0.0.0/99']);
  });

  it('falls back to the default schemes and reads them leniently', () => {
    expect(rule('http://a.example/', { allowedSchemes: [] })).toBe('allowed');
    expect(rule('http://a.example/', { allowedSchemes: [' HTTPS:// '] })).toBe('scheme');
    expect(rule('https://a.example/', { allowedSchemes: [' HTTPS:// '] })).toBe('allowed');
  });

  it('covers exactly the rule and its subdomains, whatever the names are', () => {
    fc.assert(
      fc.property(fc.domain(), fc.domain(), (denied, other) => {
        const options = { denylistHosts: [denied] };
        expect(rule(`https://${denied}/`, options)).toBe('denylist');
        expect(rule(`https://sub.${denied}.:443/x`, options)).toBe('denylist');
        const host = other.toLowerCase();
        const isCovered = host === denied.toLowerCase() || host.endsWith(`.${denied.toLowerCase()}`);
        expect(rule(`https://${other}/`, options)).toBe(isCovered ? 'denylist' : 'allowed');
      }),
    );
  });
});
