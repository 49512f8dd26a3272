/**
 * Ten thousand wrong logins from as many clients: who holds a valid key works on, the server's memory stays, and the
 * audit log does not grow with the flood.
 */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const ATTEMPTS = 10_000;
/** More than may wait for their hash, so that most are turned away at once. */
const PARALLEL = 64;
const PROBES = 150;
const MEGABYTE = 1024 * 1024;
/** How the launcher sets up the C allocator: the memory of a hash goes back to the system when it is done. */
const LAUNCHER_ENV = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '32768',
  MALLOC_TRIM_THRESHOLD_: '65536',
};

let home: MicroclawHome;
let server: RunningMicroclaw;
const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL + 1 });

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

async function flood(): Promise<Map<number, number>> {
  const answers = new Map<number, number>();
  let next = 0;
  const worker = async () => {
    while (next < ATTEMPTS) {
      const index = next;
      next += 1;
      const client = `198.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': client };
      const status = await send('/api/auth/login', headers, '{"password":"wrong password"}');
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return answers;
}

async function auditRows(client: ApiClient): Promise<number> {
  const { body } = await client.get('/api/audit?limit=2000');
  return (body.logs as readonly unknown[]).length;
}

it('leaves a valid key alone, the memory bounded and the audit log short', { timeout: 300_000 }, async () => {
  home = await createHome({
    channels: {
      web: {
        trust_x_forwarded_for: true,
        api_key_max_requests_per_window: 10_000,
        api_key_rate_window_seconds: 1,
      },
    },
  });
  server = await startMicroclaw(home, { env: LAUNCHER_ENV });
  const client = await setUpOperator(server);
  const { body } = await client.post('/api/auth/api_keys', { label: 'probe', scopes: ['operator.read'] });
  const key = String(body.api_key);
  await probe(key, PROBES, () => true);
  const quiet = p95(await probe(key, PROBES, () => true));
  const before = await residentBytes();
  const rowsBefore = await auditRows(client);

  let isOver = false;
  const flooding = flood().finally(() => {
    isOver = true;
  });
  const busy = p95(await probe(key, PROBES, () => isOver));
  const answers = await flooding;
  const grown = (await residentBytes()) - before;
  const report = {
    answers: Object.fromEntries(answers),
    quietMs: quiet,
    busyMs: busy,
    grownMb: grown / MEGABYTE,
  };
  process.stderr.write(`login flood: ${JSON.stringify(report)}\n`);
  expect([...answers.keys()].filter((status) => status !== 401 && status !== 429)).toEqual([]);
  expect(answers.get(429) ?? 0, 'most are turned away without a hash').toBeGreaterThan(ATTEMPTS / 2);
  // Two cores are shared with the flood itself; unbounded hashing would make it hundreds of times slower.
  expect(busy, JSON.stringify(report)).toBeLessThan(Math.max(25 * quiet, 50));
  expect(grown / MEGABYTE, JSON.stringify(report)).toBeLessThan(64);
  expect((await auditRows(client)) - rowsBefore).toBeLessThan(500);
  expect(
    await send(
      '/api/auth/login',
      { 'content-type': 'application/json' },
      '{"password":"correct horse battery"}',
    ),
  ).toBe(200);
});
