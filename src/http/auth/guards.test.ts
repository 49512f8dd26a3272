import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';
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

test('the forwarded address counts only behind a trusted proxy, and then the last one', () => {
  expect(clientAddress('10.0.0.1', '1.2.3.4', false)).toBe('10.0.0.1');
  expect(clientAddress('10.0.0.1', 'spoofed, 9.9.9.9, 1.2.3.4:5678', true)).toBe('1.2.3.4');
  expect(clientAddress('10.0.0.1', 'nonsense', true)).toBe('10.0.0.1');
  expect(clientAddress('10.0.0.1', '[2001:db8:1:2:3::4]:80', true)).toBe('2001:db8:1:2::/64');
});

test('addresses of one IPv6 network count as one client and mapped IPv4 as IPv4', () => {
  expect(clientAddress('2001:db8::1', undefined, false)).toBe(
    clientAddress('2001:db8::ffff:2', undefined, false),
  );
  expect(clientAddress('2001:db8:0:1::1', undefined, false)).not.toBe(
    clientAddress('2001:db8::1', undefined, false),
  );
  expect(clientAddress('::ffff:10.1.2.3', undefined, false)).toBe('10.1.2.3');
  expect(clientAddress(undefined, undefined, false)).toBe('unknown');
});
