import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../core/clock.ts';
import { createEgressClient } from '../egress/egress-client.ts';
import { defaultUrlPolicyOptions, type UrlPolicyOptions } from '../urls/url-policy.ts';
import { MAX_FEED_BYTES } from './feed.ts';
import { FeedPolicy, type FeedPolicyOptions } from './feed-policy.ts';
import type { FeedSource } from './feed-source.ts';
import { createFeedStore } from './feed-store.ts';

const LISTED = { ...defaultUrlPolicyOptions, blockPrivateIps: false };
const never = new AbortController().signal;

let directory: string;
let requests = 0;
let nowMs = 1_000_000;
let warnings: string[] = [];
const servers: Server[] = [];
const policies: FeedPolicy[] = [];
const clock: Clock = { ...systemClock, now: () => nowMs };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'microclaw-feeds-'));
  requests = 0;
  nowMs = 1_000_000;
  warnings = [];
});

afterEach(async () => {
  await Promise.all(policies.splice(0).map((policy) => policy.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await rm(directory, { recursive: true, force: true });
});

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    requests += 1;
    handler(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/list?token=secret`;
}

function feeds(
  sources: readonly Partial<FeedSource>[],
  options: Partial<FeedPolicyOptions> = {},
  rules: UrlPolicyOptions = LISTED,
): FeedPolicy {
  const policy = new FeedPolicy({
    rules: () => rules,
    sources: sources.map((source) => ({
      mode: 'denylist',
      url: '',
      format: 'lines',
      refreshIntervalMs: 60_000,
      timeoutMs: 5000,
      ...source,
    })),
    failOpen: true,
    maxEntries: 1000,
    client: createEgressClient(),
    store: createFeedStore(directory),
    clock,
    warn: (data, message) => warnings.push(`${message} ${JSON.stringify(data)}`),
    ...options,
  });
  policies.push(policy);
  return policy;
}

const ask = async (policy: FeedPolicy, url: string) => {
  const verdict = (await policy.current(never)).explain(url);
  return verdict.kind === 'allowed' ? 'allowed' : verdict.rule;
};

describe('a denylist', () => {
  it('is read once and stays in force until it is due', async () => {
    const url = await serve((_request, response) => response.end('evil.example\n'));
    const policy = feeds([{ url }]);
    const answers = await Promise.all([
      ask(policy, 'https://a.evil.example/'),
      ask(policy, 'https://good.example/'),
      ask(policy, 'https://evil.example./'),
    ]);
    expect(answers).toEqual(['denylist', 'allowed', 'denylist']);
    nowMs += 59_000;
    await ask(policy, 'https://good.example/');
    expect(requests).toBe(1);
    nowMs += 2000;
    await ask(policy, 'https://good.example/');
    expect(requests).toBe(2);
  });

  it('that never came is empty with fail_open and refuses everything without it', async () => {
    const url = await serve((_request, response) => response.writeHead(503).end());
    expect(await ask(feeds([{ url }]), 'https://a.example/')).toBe('allowed');
    expect(warnings.join()).toContain('HTTP 503');
    expect(warnings.join()).not.toContain('secret');
    const closed = feeds([{ url }], { failOpen: false });
    await expect(closed.current(never)).rejects.toMatchObject({
      code: 'MC_FEED_FETCH_FAILED',
      message: expect.stringMatching(/^feed fetch failed for 'http:\/\/127\.0\.0\.1:\d+\/list': HTTP 503$/),
    });
  });

  it('stays in force when its server starts to fail, even without fail_open', async () => {
    let fails = false;
    const url = await serve((_request, response) => {
      if (fails) response.writeHead(500).end();
      else response.end('evil.example');
    });
    const policy = feeds([{ url }], { failOpen: false });
    await ask(policy, 'https://a.example/');
    fails = true;
    nowMs += 61_000;
    expect(await ask(policy, 'https://evil.example/')).toBe('denylist');
    expect(requests).toBe(2);
  });

  it('is not asked for again right after a failure', async () => {
    const url = await serve((_request, response) => response.destroy());
    const policy = feeds([{ url }]);
    await ask(policy, 'https://a.example/');
    await ask(policy, 'https://a.example/');
    expect(requests).toBe(1);
    nowMs += 30_001;
    await ask(policy, 'https://a.example/');
    expect(requests).toBe(2);
  });

  it('is in force after a restart while its server is down', async () => {
    const url = await serve((_request, response) => response.end('evil.example\n10.0.0.0/8'));
    await ask(feeds([{ url }]), 'https://a.example/');
    for (const name of await readdir(directory)) {
      expect((await stat(join(directory, name))).mode & 0o077).toBe(0);
    }
    servers[0]?.closeAllConnections();
    servers[0]?.close();
    nowMs += 3_600_000;
    const restarted = feeds([{ url }], { failOpen: false });
    expect(await ask(restarted, 'https://evil.example/')).toBe('denylist');
    expect((await restarted.current(never)).explainAddress('a.example', '10.1.1.1')?.rule).toBe('denylist');
  });

  it('is replaced when the server has a new one', async () => {
    let list = 'old.example';
    const url = await serve((_request, response) => response.end(list));
    const policy = feeds([{ url, refreshIntervalMs: 1000 }]);
    expect(await ask(policy, 'https://old.example/')).toBe('denylist');
    list = 'new.example';
    nowMs += 1000;
    expect(await ask(policy, 'https://old.example/')).toBe('allowed');
    expect(await ask(policy, 'https://new.example/')).toBe('denylist');
  });
});

describe('an allowlist', () => {
  it('permits its hosts only', async () => {
    const policy = feeds([{ mode: 'allowlist', url: 'inline:https://allowed.example/path\n' }]);
    expect(await ask(policy, 'https://allowed.example/')).toBe('allowed');
    expect(await ask(policy, 'https://other.example/')).toBe('allowlist');
  });

  it('that never came, or is empty, permits nothing, whatever fail_open says', async () => {
    const down = await serve((_request, response) => response.destroy());
    const empty = await serve((_request, response) => response.end(''));
    expect(await ask(feeds([{ mode: 'allowlist', url: down }]), 'https://a.example/')).toBe('allowlist');
    expect(await ask(feeds([{ mode: 'allowlist', url: empty }]), 'https://a.example/')).toBe('allowlist');
    await expect(
      feeds([{ mode: 'allowlist', url: down }], { failOpen: false }).current(never),
    ).rejects.toMatchObject({ code: 'MC_FEED_FETCH_FAILED' });
  });

  it('of somebody else does not open private addresses; one the operator wrote does', async () => {
    const rules = { ...defaultUrlPolicyOptions, allowlistHosts: ['127.0.0.1'] };
    const url = await serve((_request, response) => response.end('10.0.0.5\nlocalhost'));
    const foreign = feeds([{ mode: 'allowlist', url }], {}, rules);
    expect(await ask(foreign, 'http://10.0.0.5/')).toBe('private_address');
    expect((await foreign.current(never)).explainAddress('localhost', '127.0.0.1')?.rule).toBe(
      'private_address',
    );
    const own = feeds([{ mode: 'allowlist', url: 'inline:10.0.0.5' }], {}, rules);
    expect(await ask(own, 'http://10.0.0.5/')).toBe('allowed');
  });
});

describe('a feed server', () => {
  it('at a private address is asked only when the operator lists its host', async () => {
    const url = await serve((_request, response) => response.end('evil.example'));
    await ask(feeds([{ url }], {}, defaultUrlPolicyOptions), 'https://a.example/');
    expect(requests).toBe(0);
    const rules = { ...defaultUrlPolicyOptions, allowlistHosts: ['127.0.0.1'] };
    expect(await ask(feeds([{ url }], {}, rules), 'https://evil.example/')).toBe('denylist');
  });

  it('that redirects to a private address is refused', async () => {
    const rules = { ...defaultUrlPolicyOptions, allowlistHosts: ['127.0.0.1'] };
    const url = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    await ask(feeds([{ url }], {}, rules), 'https://a.example/');
    expect(warnings.join()).toContain('blocked private/internal address');
  });

  it('that is slow is given up after its time', async () => {
    const url = await serve(() => {});
    expect(await ask(feeds([{ url, timeoutMs: 100 }]), 'https://a.example/')).toBe('allowed');
    expect(warnings.join()).toContain('timed out after 0.1 seconds');
  });

  it('that is slow keeps nobody who stops waiting, and is asked once for all', async () => {
    const gate = Promise.withResolvers<void>();
    const url = await serve(async (_request, response) => {
      await gate.promise;
      response.end('evil.example');
    });
    const policy = feeds([{ url }]);
    const controller = new AbortController();
    const reason = new Error('stopped');
    const impatient = policy.current(controller.signal);
    const patient = ask(policy, 'https://evil.example/');
    controller.abort(reason);
    await expect(impatient).rejects.toBe(reason);
    gate.resolve();
    expect(await patient).toBe('denylist');
    expect(requests).toBe(1);
  });

  it('that hangs delays nobody for long who has a copy', async () => {
    let hangs = false;
    const url = await serve((_request, response) => {
      if (!hangs) response.end('evil.example');
    });
    const policy = feeds([{ url, timeoutMs: 600_000 }]);
    await ask(policy, 'https://a.example/');
    hangs = true;
    nowMs += 61_000;
    expect(await ask(policy, 'https://evil.example/')).toBe('denylist');
  });

  it('that sends too much is given up, unless the maximum of entries was reached before', async () => {
    const block = Buffer.from(`${'#'.repeat(1023)}\n`);
    const url = await serve((_request, response) => {
      response.write('evil.example\n');
      for (let sent = 0; sent <= MAX_FEED_BYTES; sent += block.length) response.write(block);
      response.end();
    });
    await ask(feeds([{ url }]), 'https://a.example/');
    expect(warnings.join()).toContain('larger than 8 MiB');
    expect(
      await ask(
        feeds([{ url }], { maxEntries: 1, store: createFeedStore(join(directory, 'b')) }),
        'https://evil.example/',
      ),
    ).toBe('denylist');
  });

  it('that answers garbage changes nothing', async () => {
    let list = 'evil.example';
    const url = await serve((_request, response) => response.end(list));
    const policy = feeds([{ url }]);
    await ask(policy, 'https://a.example/');
    list = '<html>Sign in</html>';
    nowMs += 61_000;
    expect(await ask(policy, 'https://evil.example/')).toBe('denylist');
    expect(warnings.join()).toContain('web page');
  });
});

it('closing ends a running request at once', async () => {
  const asked = Promise.withResolvers<void>();
  const url = await serve(() => asked.resolve());
  const policy = feeds([{ url, timeoutMs: 600_000 }]);
  const waiting = policy.current(never);
  await asked.promise;
  await policy.close();
  await waiting;
  expect(warnings).toEqual([]);
});

it('keeps a status for the doctor', async () => {
  const url = await serve((_request, response) => response.end('a.example\nb.example'));
  const source: FeedSource = {
    mode: 'denylist',
    url,
    format: 'lines',
    refreshIntervalMs: 60_000,
    timeoutMs: 5000,
  };
  const policy = feeds([source]);
  await policy.current(never);
  await policy.close();
  expect(await createFeedStore(directory).loadStatus(source)).toMatchObject({
    entries: 2,
    fetchedAtMs: 1_000_000,
    error: null,
  });
});
