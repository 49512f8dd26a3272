import { expect, test } from 'vitest';
import { createClientAddress } from './client-address.ts';
import { createHostGuard } from './host-guard.ts';
import { isSameOrigin } from './origin-guard.ts';

const guard = createHostGuard({ bindHost: 'box.lan', allowedHosts: ['claw.example.org', '*.tail.ts.net'] });

test.each([
  'localhost',
  'localhost:10961',
  'console.localhost',
  '127.0.0.1:10961',
  '[::1]:10961',
  '192.168.1.5',
  'BOX.lan',
  'claw.example.org:443',
  'claw.example.org.',
  'a.tail.ts.net',
])('the server answers to %s', (host) => {
  expect(guard(host)).toBe(true);
});

test.each([
  undefined,
  '',
  'evil.example',
  'evil.example:10961',
  'localhost.evil.example',
  'tail.ts.net.evil',
  'notlocalhost',
  '127.0.0.1.nip.io',
  '[',
  '[evil]',
])('the server does not answer to %s', (host) => {
  expect(guard(host)).toBe(false);
});

const post = { method: 'POST', host: 'localhost:10961', origin: undefined, secFetchSite: undefined };

test('a client that is no browser passes', () => {
  expect(isSameOrigin(post)).toBe(true);
});

test('a page of the same origin passes, one of another host, port or opaque origin does not', () => {
  expect(isSameOrigin({ ...post, origin: 'http://localhost:10961', secFetchSite: 'same-origin' })).toBe(true);
  expect(isSameOrigin({ ...post, origin: 'https://evil.example' })).toBe(false);
  expect(isSameOrigin({ ...post, origin: 'http://localhost:3000' })).toBe(false);
  expect(isSameOrigin({ ...post, origin: 'null' })).toBe(false);
  expect(isSameOrigin({ ...post, secFetchSite: 'cross-site' })).toBe(false);
  expect(isSameOrigin({ ...post, secFetchSite: 'same-site' })).toBe(false);
});

test('behind a proxy that changes Host the browser’s own word decides', () => {
  const proxied = { ...post, origin: 'https://claw.example.org' };
  expect(isSameOrigin({ ...proxied, secFetchSite: 'same-origin' })).toBe(true);
  expect(isSameOrigin({ ...proxied, secFetchSite: 'cross-site' })).toBe(false);
});

test('reading is not restricted by origin', () => {
  expect(isSameOrigin({ ...post, method: 'GET', secFetchSite: 'cross-site' })).toBe(true);
});

const PROXIES = ['127.0.0.0/8', '10.0.0.1', '2001:db8:ffff::/48'];

/** The client of a request that comes through the operator's proxies. */
const proxied = createClientAddress({ trustForwardedFor: true, trustedProxies: PROXIES });
const direct = createClientAddress({ trustForwardedFor: false, trustedProxies: PROXIES });

test('the forwarded address counts only when the operator trusts it and the connection is a proxy’s', () => {
  expect(direct('10.0.0.1', '1.2.3.4')).toBe('10.0.0.1');
  expect(proxied('9.9.9.9', '1.2.3.4')).toBe('9.9.9.9');
  expect(proxied('10.0.0.1', '1.2.3.4')).toBe('1.2.3.4');
  expect(proxied('::ffff:127.0.0.1', '1.2.3.4')).toBe('1.2.3.4');
});

test('the client is the last hop that is no proxy, whatever it claims about earlier ones', () => {
  expect(proxied('10.0.0.1', 'spoofed, 9.9.9.9, 1.2.3.4:5678')).toBe('1.2.3.4');
  expect(proxied('127.0.0.1', '9.9.9.9, 1.2.3.4, 10.0.0.1')).toBe('1.2.3.4');
  expect(proxied('127.0.0.1', '127.0.0.1, 10.0.0.1')).toBe('127.0.0.1');
  expect(proxied('10.0.0.1', '[2001:db8:1:2:3::4]:80')).toBe('2001:db8:1:2::/64');
  expect(proxied('2001:db8:ffff::5', '1.2.3.4')).toBe('1.2.3.4');
});

test('what is no address ends the search at the hop that said it', () => {
  expect(proxied('10.0.0.1', 'nonsense')).toBe('10.0.0.1');
  expect(proxied('10.0.0.1', '1.2.3.4, nonsense')).toBe('10.0.0.1');
  expect(proxied('10.0.0.1', '')).toBe('10.0.0.1');
});

test('addresses of one IPv6 network count as one client and mapped IPv4 as IPv4', () => {
  expect(direct('2001:db8::1', undefined)).toBe(direct('2001:db8::ffff:2', undefined));
  expect(direct('2001:db8:0:1::1', undefined)).not.toBe(direct('2001:db8::1', undefined));
  expect(direct('::ffff:10.1.2.3', undefined)).toBe('10.1.2.3');
  expect(direct(undefined, undefined)).toBe('unknown');
});
