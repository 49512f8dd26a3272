/**
 * Thousands of wrong logins from as many addresses: who holds a valid key works on, the server's memory stays, and the
 * audit log does not grow with the flood.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

/** How many logins may wait for their hash. */
const WAITING = 33;
const PROBES = 150;
const MEGABYTE = 1024 * 1024;
/** How the launcher sets up the C allocator and V8. */
const LAUNCHER_ENV = {
  NODE_OPTIONS: '--max-semi-space-size=8 --v8-pool-size=2',
  MALLOC_ARENA_MAX: '2',
  MALLOC_TOP_PAD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '4194304',
  MALLOC_MMAP_THRESHOLD_: '32768',
};

let home: MicroclawHome;
let server: RunningMicroclaw;
const agent = new Agent({ keepAlive: true, maxSockets: 2 });

afterEach(async () => {
  agent.destroy();
  await server.stop();
  await home.dispose();
});

function send(path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const outgoing = request(`${server.url}${path}`, { method, headers, agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** Milliseconds of authenticated requests one after the other, sorted. */
async function probe(key: string, count: number, isOver: () => boolean): Promise<readonly number[]> {
  const times: number[] = [];
  while (times.length < count || !isOver()) {
    const startedAt = performance.now();
    expect(await send('/api/auth/status', { authorization: `Bearer ${key}` })).toBe(200);
    expect(await send('/api/sessions', { authorization: `Bearer ${key}` })).toBe(200);
    times.push((performance.now() - startedAt) / 2);
  }
  return times.sort((left, right) => left - right);
}

const p95 = (times: readonly number[]) => times[Math.floor(times.length * 0.95)] ?? Number.NaN;

/** Runs the flood to its end; how often each status came. */
async function flood(attempts: number, clients: number): Promise<Readonly<Record<string, number>>> {
  const script = join(import.meta.dirname, '../support/login-flood-child.ts');
  const child = spawn(process.execPath, [script, server.url, String(attempts), String(clients)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  await once(child, 'close');
  return JSON.parse(output) as Readonly<Record<string, number>>;
}

async function auditRows(client: ApiClient): Promise<number> {
  const { body } = await client.get('/api/audit?limit=2000');
  return (body.logs as readonly unknown[]).length;
}

interface Flood {
  readonly clients: number;
  readonly attempts: number;
  readonly env: Readonly<Record<string, string>>;
  /** What the program may have grown by at the end. */
  readonly maxGrownMb: number;
}

const FLOODS: readonly (readonly [string, Flood])[] = [
  [
    '64 clients, most of them turned away',
    { clients: 64, attempts: 10_000, env: LAUNCHER_ENV, maxGrownMb: 64 },
  ],
  ['16 clients, each attempt hashed', { clients: 16, attempts: 400, env: LAUNCHER_ENV, maxGrownMb: 48 }],
  [
    '16 clients, without the settings of the launcher',
    { clients: 16, attempts: 400, env: {}, maxGrownMb: 96 },
  ],
];

it.each(FLOODS)(
  '%s: a valid key works on, memory and audit log stay',
  { timeout: 300_000 },
  async (_name, options) => {
    const { clients, attempts, env, maxGrownMb } = options;
    home = await createHome({
      channels: {
        web: {
          trust_x_forwarded_for: true,
          api_key_max_requests_per_window: 10_000,
          api_key_rate_window_seconds: 1,
        },
      },
    });
    server = await startMicroclaw(home, { env });
    const client = await setUpOperator(server);
    const { body } = await client.post('/api/auth/api_keys', { label: 'probe', scopes: ['operator.read'] });
    const key = String(body.api_key);
    await probe(key, PROBES, () => true);
    const quiet = p95(await probe(key, PROBES, () => true));
    const before = await residentBytes();
    const rowsBefore = await auditRows(client);

    let isOver = false;
    const flooding = flood(attempts, clients).finally(() => {
      isOver = true;
    });
    const busy = p95(await probe(key, PROBES, () => isOver));
    const answers = await flooding;
    const grownMb = ((await residentBytes()) - before) / MEGABYTE;
    const report = { clients, answers, quietMs: quiet, busyMs: busy, grownMb };
    process.stderr.write(`login flood: ${JSON.stringify(report)}\n`);
    expect(Object.keys(answers).filter((status) => status !== '401' && status !== '429')).toEqual([]);
    if (clients > WAITING) {
      expect(answers['429'] ?? 0, 'most are turned away without a hash').toBeGreaterThan(attempts / 2);
    }
    // The goal is 5 ms. Two cores are shared with the flood itself and with whatever else runs here.
    expect(busy, JSON.stringify(report)).toBeLessThan(Math.max(5, 10 * quiet));
    expect(grownMb, JSON.stringify(report)).toBeLessThan(maxGrownMb);
    expect((await auditRows(client)) - rowsBefore).toBeLessThan(500);
    const right = '{"password":"correct horse battery"}';
    expect(await send('/api/auth/login', { 'content-type': 'application/json' }, right)).toBe(200);
  },
);
