import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { liveView } from '../../core/live-view.ts';
import { createUrlPolicy, defaultUrlPolicyOptions } from '../urls/url-policy.ts';
import { createEgressClient } from './egress-client.ts';
import { createEgressPolicy, type EgressPolicyOptions } from './egress-policy.ts';
import { limitEgressClient } from './egress-policy-client.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A server that redirects to `location`, or answers `ok`; counts its requests. */
async function serve(location?: string): Promise<{ readonly port: number; requests(): number }> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    if (location === undefined) response.end('ok');
    else response.writeHead(302, { location }).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, requests: () => requests };
}

function fetchWith(options: Partial<EgressPolicyOptions>, url: string) {
  const violations: string[] = [];
  const client = limitEgressClient(
    createEgressClient({ resolver: async () => ['127.0.0.1'] }),
    createEgressPolicy({ mode: 'block', allowHosts: [], denyHosts: [], blockPrivateIps: false, ...options }),
    ({ reason, url: target }) => violations.push(`${reason}; ${target}`),
  );
  // The policy of the request itself permits everything, so that only the limit decides.
  const policy = createUrlPolicy({ ...defaultUrlPolicyOptions, blockPrivateIps: false });
  const answer = client.fetch({
    url,
    policy,
    timeoutMs: 5000,
    maxBytes: 1000,
    signal: new AbortController().signal,
  });
  return { answer, violations };
}

test('a redirect to a denied host is refused before a request is made to it', async () => {
  const target = await serve();
  const start = await serve(`http://bad.example:${target.port}/secret?token=1`);
  const { answer, violations } = fetchWith(
    { denyHosts: ['bad.example'] },
    `http://ok.example:${start.port}/`,
  );
  await expect(answer).rejects.toThrow(
    "blocked by egress policy: host 'bad.example' is in egress_policy.deny_hosts",
  );
  expect(start.requests()).toBe(1);
  expect(target.requests()).toBe(0);
  expect(violations).toEqual([
    `host 'bad.example' is in egress_policy.deny_hosts; http://bad.example:${target.port}`,
  ]);
});

test('an address is judged when it is connected to, even where the policy of the request would not look', async () => {
  const target = await serve();
  const { answer } = fetchWith({ blockPrivateIps: true }, `http://rebound.example:${target.port}/`);
  await expect(answer).rejects.toThrow('resolves to the private address 127.0.0.1');
  expect(target.requests()).toBe(0);
});

test('in mode warn the violation is reported and the request is made', async () => {
  const target = await serve();
  const { answer, violations } = fetchWith(
    { mode: 'warn', allowHosts: ['other.example'] },
    `http://ok.example:${target.port}/`,
  );
  expect((await answer).status).toBe(200);
  expect(violations).toEqual([
    `host 'ok.example' is not in egress_policy.allow_hosts; http://ok.example:${target.port}`,
  ]);
});

test('in mode off requests go as they are, until the mode changes', async () => {
  const target = await serve();
  let mode: 'off' | 'block' = 'off';
  const policy = liveView(() =>
    createEgressPolicy({ mode, allowHosts: ['x.example'], denyHosts: [], blockPrivateIps: false }),
  );
  const open = createEgressClient({ resolver: async () => ['127.0.0.1'] });
  const client = limitEgressClient(open, policy, () => {});
  const ask = () =>
    client.fetch({
      url: `http://ok.example:${target.port}/`,
      policy: createUrlPolicy({ ...defaultUrlPolicyOptions, blockPrivateIps: false }),
      timeoutMs: 5000,
      maxBytes: 1000,
      signal: new AbortController().signal,
    });
  expect((await ask()).status).toBe(200);
  mode = 'block';
  await expect(ask()).rejects.toThrow('egress policy');
});
