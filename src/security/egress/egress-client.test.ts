import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createUrlPolicy, defaultUrlPolicyOptions, type UrlPolicyOptions } from '../urls/url-policy.ts';
import type { HostResolver } from './checked-lookup.ts';
import { createEgressClient, type EgressRequest } from './egress-client.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Site {
  readonly port: number;
  readonly requests: IncomingMessage[];
}

async function serve(handler: RequestListener): Promise<Site> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, requests };
}

const policy = (options: Partial<UrlPolicyOptions>) =>
  createUrlPolicy({ ...defaultUrlPolicyOptions, ...options });
const OPEN = { blockPrivateIps: false };

function get(
  url: string,
  options: Partial<UrlPolicyOptions> = OPEN,
  extra: Partial<EgressRequest> & { resolver?: HostResolver; dnsTimeoutMs?: number } = {},
) {
  const { resolver, dnsTimeoutMs, ...request } = extra;
  const client = createEgressClient({
    ...(resolver === undefined ? {} : { resolver }),
    ...(dnsTimeoutMs === undefined ? {} : { dnsTimeoutMs }),
  });
  return client.fetch({
    url,
    policy: policy(options),
    timeoutMs: 5000,
    maxBytes: 100_000,
    signal: new AbortController().signal,
    ...request,
  });
}
const text = (body: Uint8Array) => Buffer.from(body).toString('utf8');

describe('egress client', () => {
  it('sends a plain GET with its own user agent and no credentials', async () => {
    const site = await serve((_request, response) => response.end('hello'));
    const response = await get(`http://user:secret@127.0.0.1:${site.port}/a?b=c#d`);
    expect(response).toMatchObject({
      status: 200,
      truncated: false,
      url: `http://127.0.0.1:${site.port}/a?b=c`,
    });
    expect(text(response.body)).toBe('hello');
    const [request] = site.requests;
    expect(request).toMatchObject({ method: 'GET', url: '/a?b=c' });
    expect(request?.headers['user-agent']).toBe('MicroClaw/1.0');
    expect(request?.headers.authorization).toBeUndefined();
    expect(request?.headers.cookie).toBeUndefined();
  });

  it('keeps no cookie from one request to the next', async () => {
    const site = await serve((_request, response) => {
      response.setHeader('set-cookie', 'a=b');
      response.end();
    });
    await get(`http://127.0.0.1:${site.port}/`);
    await get(`http://127.0.0.1:${site.port}/`);
    expect(site.requests[1]?.headers.cookie).toBeUndefined();
  });

  it('refuses a private address without connecting', async () => {
    const site = await serve((_request, response) => response.end());
    await expect(get(`http://127.0.0.1:${site.port}/`, {})).rejects.toMatchObject({
      code: 'MC_EGRESS_BLOCKED',
      data: { rule: 'private_address' },
    });
    expect(site.requests).toEqual([]);
  });

  it('refuses a name when any of its addresses is private', async () => {
    const site = await serve((_request, response) => response.end());
    const resolver = async () => ['93.184.216.34', '127.0.0.1'];
    await expect(get(`http://a.example:${site.port}/`, {}, { resolver })).rejects.toMatchObject({
      code: 'MC_EGRESS_BLOCKED',
      message: "URL host 'a.example' resolves to a blocked private/internal address (127.0.0.1)",
    });
    expect(site.requests).toEqual([]);
  });

  it('connects to the address that was judged, however the name resolves afterwards', async () => {
    const site = await serve((_request, response) => response.end('reached'));
    const answers = [['127.0.0.2'], ['127.0.0.1']];
    const asked: string[] = [];
    const resolver: HostResolver = async (name) => {
      asked.push(name);
      return answers[asked.length - 1] ?? [];
    };
    const rebinding = { denylistHosts: ['127.0.0.1/32'], blockPrivateIps: false };
    const attempt = get(`http://rebind.example:${site.port}/`, rebinding, { resolver });
    await expect(attempt).rejects.toMatchObject({ code: 'MC_EGRESS_CONNECT_FAILED' });
    expect(asked).toEqual(['rebind.example']);
    expect(site.requests).toEqual([]);
  });

  it('resolves again for every hop and judges the new address', async () => {
    const site = await serve((_request, response) => {
      response.writeHead(302, { location: '/next' });
      response.end();
    });
    let lookups = 0;
    const resolver: HostResolver = async () => {
      lookups += 1;
      return lookups === 1 ? ['127.0.0.1'] : ['127.9.9.9'];
    };
    const options = { denylistHosts: ['127.9.0.0/16'], blockPrivateIps: false };
    await expect(get(`http://a.example:${site.port}/`, options, { resolver })).rejects.toMatchObject({
      message: "URL host 'a.example' resolves to a denylisted address (127.9.9.9)",
    });
    expect(site.requests).toHaveLength(1);
  });

  it('fails closed when a name does not resolve, has no address or answers late', async () => {
    const failing: HostResolver = async () => {
      throw Object.assign(new Error('x'), { code: 'ENOTFOUND' });
    };
    await expect(get('http://a.example/', {}, { resolver: failing })).rejects.toMatchObject({
      code: 'MC_EGRESS_DNS_FAILED',
      message: "URL host 'a.example' could not be resolved: no such host",
    });
    await expect(get('http://a.example/', {}, { resolver: async () => [] })).rejects.toMatchObject({
      code: 'MC_EGRESS_DNS_FAILED',
    });
    const never: HostResolver = () => new Promise(() => {});
    await expect(get('http://a.example/', {}, { resolver: never, dnsTimeoutMs: 20 })).rejects.toMatchObject({
      message: expect.stringContaining('no answer within 0.02 s'),
    });
  });

  it('judges every redirect before it is requested', async () => {
    const final = await serve((_request, response) => response.end('secret'));
    const first = await serve((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${final.port}/final` });
      response.end();
    });
    const options = { allowlistHosts: ['localhost'], denylistHosts: ['127.0.0.1'] };
    const attempt = get(`http://localhost:${first.port}/`, options, { resolver: async () => ['127.0.0.1'] });
    await expect(attempt).rejects.toThrow("URL host '127.0.0.1' is denylisted");
    expect(first.requests).toHaveLength(1);
    expect(final.requests).toEqual([]);
  });

  it('follows five redirects and not six', async () => {
    const site = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('done');
      else response.writeHead(302, { location: `./${left - 1}` }).end();
    });
    expect(text((await get(`http://127.0.0.1:${site.port}/5`)).body)).toBe('done');
    await expect(get(`http://127.0.0.1:${site.port}/6`)).rejects.toThrow('too many redirects (max 5)');
  });

  it('refuses a redirect without a usable target, and does not follow 304', async () => {
    const site = await serve((request, response) => {
      if (request.url === '/none') response.writeHead(302).end();
      else if (request.url === '/bad') response.writeHead(302, { location: 'http://[' }).end();
      else if (request.url === '/scheme') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      else response.writeHead(304, { location: '/none' }).end();
    });
    const at = (path: string, options = OPEN as Partial<UrlPolicyOptions>) =>
      get(`http://127.0.0.1:${site.port}${path}`, options);
    await expect(at('/none')).rejects.toThrow('redirect response missing Location header');
    await expect(at('/bad')).rejects.toThrow('invalid Location');
    await expect(at('/scheme')).rejects.toThrow("URL scheme 'file' is not allowed");
    await expect(at('/scheme', { enabled: false, ...OPEN })).rejects.toThrow(
      /URL must include a host|not supported/,
    );
    expect((await at('/304')).status).toBe(304);
  });

  it('turns POST into GET where a redirect says so, and drops headers on the way to another origin', async () => {
    const other = await serve((_request, response) => response.end());
    const site = await serve((request, response) => {
      const status = request.url === '/keep' ? 307 : 303;
      const location = request.url === '/away' ? `http://127.0.0.1:${other.port}/` : '/end';
      if (request.url === '/end') response.end();
      else response.writeHead(status, { location }).end();
    });
    const post = (path: string) =>
      get(`http://127.0.0.1:${site.port}${path}`, OPEN, {
        method: 'POST',
        body: '{}',
        headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
      });
    await post('/see');
    await post('/keep');
    await post('/away');
    const ends = site.requests.filter((request) => request.url === '/end');
    expect(ends.map((request) => request.method)).toEqual(['GET', 'POST']);
    expect(ends[0]?.headers).toMatchObject({ authorization: 'Bearer x' });
    expect(ends[0]?.headers['content-type']).toBeUndefined();
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('decodes %s', async (encoding, compress) => {
    const site = await serve((_request, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(compress(Buffer.from('grüße')));
    });
    expect(text((await get(`http://127.0.0.1:${site.port}/`)).body)).toBe('grüße');
  });

  it('decodes stacked encodings in reverse order and refuses unknown or broken ones', async () => {
    const site = await serve((request, response) => {
      if (request.url === '/two') {
        response.setHeader('content-encoding', 'gzip, br');
        response.end(brotliCompressSync(gzipSync('twice')));
      } else if (request.url === '/many') {
        response.setHeader('content-encoding', 'gzip, gzip, gzip, gzip');
        response.end();
      } else {
        response.setHeader('content-encoding', request.url === '/unknown' ? 'lzma' : 'gzip');
        response.end('not compressed');
      }
    });
    const at = (path: string) => get(`http://127.0.0.1:${site.port}${path}`);
    expect(text((await at('/two')).body)).toBe('twice');
    await expect(at('/unknown')).rejects.toThrow("unsupported content encoding 'lzma'");
    await expect(at('/many')).rejects.toThrow('too many content encodings');
    await expect(at('/broken')).rejects.toMatchObject({ code: 'MC_EGRESS_BAD_BODY' });
  });

  it('stops at the cap, also for a small body that expands', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const site = await serve((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(bomb);
    });
    const before = process.memoryUsage().arrayBuffers;
    const response = await get(`http://127.0.0.1:${site.port}/`);
    expect(response).toMatchObject({ status: 200, truncated: true });
    expect(response.body).toHaveLength(100_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it('closes the connection of an endless body at the cap', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const site = await serve((_request, response) => {
      const more = () => {
        while (response.write('x'.repeat(10_000)));
      };
      response.on('drain', more).on('close', resolve);
      more();
    });
    expect((await get(`http://127.0.0.1:${site.port}/`)).truncated).toBe(true);
    await closed;
  });

  it('does not call a body of exactly the cap truncated', async () => {
    const site = await serve((_request, response) => response.end('x'.repeat(100)));
    const response = await get(`http://127.0.0.1:${site.port}/`, OPEN, { maxBytes: 100 });
    expect(response).toMatchObject({ truncated: false });
  });

  it('reports a body that breaks off', async () => {
    const site = await serve((_request, response) => {
      response.setHeader('content-length', '100');
      response.write('abc', () => response.destroy());
    });
    await expect(get(`http://127.0.0.1:${site.port}/`)).rejects.toMatchObject({ code: 'MC_EGRESS_BAD_BODY' });
  });

  it('has one deadline for all hops together', async () => {
    const site = await serve((request, response) => {
      const hop = Number(request.url?.slice(1));
      setTimeout(() => response.writeHead(302, { location: `/${hop + 1}` }).end(), 60);
    });
    const attempt = get(`http://127.0.0.1:${site.port}/0`, OPEN, { timeoutMs: 100 });
    await expect(attempt).rejects.toMatchObject({
      code: 'MC_EGRESS_TIMEOUT',
      message: 'timed out after 0.1 seconds',
    });
  });

  it('ends at the deadline while a body trickles in', async () => {
    const site = await serve((_request, response) => {
      response.write('x');
    });
    await expect(get(`http://127.0.0.1:${site.port}/`, OPEN, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'MC_EGRESS_TIMEOUT',
    });
  });

  it('rejects with the reason of the caller’s signal and closes the connection', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const controller = new AbortController();
    const reason = new Error('stopped');
    const site = await serve((_request, response) => {
      response.on('close', resolve);
      controller.abort(reason);
    });
    const attempt = get(`http://127.0.0.1:${site.port}/`, OPEN, { signal: controller.signal });
    await expect(attempt).rejects.toBe(reason);
    await closed;
    await expect(get(`http://127.0.0.1:${site.port}/`, OPEN, { signal: controller.signal })).rejects.toBe(
      reason,
    );
  });

  it('names the host and the cause of a failed connection', async () => {
    const site = await serve(() => {});
    const { port } = site;
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'MC_EGRESS_CONNECT_FAILED',
      message: `request to '127.0.0.1:${port}' failed: ECONNREFUSED`,
    });
  });
});
