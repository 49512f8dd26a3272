import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkOutgoingRequests, outgoingRequestsOf } from './outgoing-requests.ts';

describe('a file that opens a connection is reported', () => {
  it.each([
    ["await fetch('http://x');", 'uses fetch'],
    ['const send = fetch;', 'uses fetch'],
    ['call(fetch);', 'uses fetch'],
    ['const options = { fetch };', 'uses fetch'],
    ['const port = given ?? fetch;', 'uses fetch'],
    ['const port = fetch as typeof globalThis.fetch;', 'uses fetch'],
    ['const send = fetch.bind(undefined);', 'uses fetch'],
    ['class Client { readonly send = fetch; }', 'uses fetch'],
    ['function f(send = fetch) { return send; }', 'uses fetch'],
    ['const f = (send = fetch) => send;', 'uses fetch'],
    ["await globalThis.fetch('http://x');", 'uses globalThis.fetch'],
    ["await globalThis['fetch']('http://x');", 'uses globalThis.fetch'],
    ["new WebSocket('ws://x');", 'uses WebSocket'],
    ["new EventSource('http://x');", 'uses EventSource'],
    ["import { request } from 'node:http';", 'imports request of node:http'],
    ["import { isIP as request, request as isIP } from 'node:http';", 'imports request of node:http'],
    ["import https from 'https';", 'imports all of https'],
    ["import * as net from 'node:net';", 'imports all of node:net'],
    ["import { connect } from 'node:tls';", 'imports connect of node:tls'],
    ["import { createSocket } from 'node:dgram';", 'imports createSocket of node:dgram'],
    ["import { lookup } from 'node:dns/promises';", 'imports lookup of node:dns/promises'],
    ["import 'undici';", 'loads undici'],
    ["export { request } from 'node:http';", 'imports request of node:http'],
    ["export * from 'node:http';", 'loads node:http'],
    ["const http = await import('node:http');", 'loads node:http'],
    ["const http = require('http');", 'loads http'],
    ["const net = process.getBuiltinModule('node:net');", 'loads node:net'],
  ])('%s', async (code, use) => {
    const problems = await outgoingRequestsOf('src/a.ts', code);
    expect(problems).toContain(`src/a.ts: ${use}: go through the egress client`);
  });
});

it.each([
  "await client.fetch({ url: 'http://x' });",
  'const client = { fetch(request: Request) { return request; } };',
  'const client = { fetch: send };',
  'interface Options { readonly fetch: typeof globalThis.fetch }',
  'type Send = typeof fetch;',
  'const { fetch: send } = client;',
  'class Client { async fetch() { return this.x; } }',
  "import { isIP } from 'node:net';",
  "import { createServer } from 'node:http';",
  "import type { Server } from 'node:http';",
  "import { isIP, type LookupFunction } from 'node:net';",
  "// fetch('http://x')\nconst text = \"fetch('http://x')\";",
])('a file that opens none passes: %s', async (code) => {
  expect(await outgoingRequestsOf('src/a.ts', code)).toEqual([]);
});

it('looks into every source but those that are gates, and reports a tree without sources', async () => {
  const root = await mkdtemp(join(tmpdir(), 'microclaw-outgoing-'));
  try {
    expect(await checkOutgoingRequests(root)).toEqual(['no file was read']);
    const call = "await fetch('http://x');\n";
    const paths = ['src/llm/transport/model-fetch.ts', 'src/tools/a.ts', 'src/tools/a.test.ts'];
    for (const path of paths) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), call);
    }
    expect(await checkOutgoingRequests(root)).toEqual([
      'src/tools/a.ts: uses fetch: go through the egress client',
    ]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

it('finds none in this program', async () => {
  expect(await checkOutgoingRequests(resolve(import.meta.dirname, '../..'))).toEqual([]);
});
