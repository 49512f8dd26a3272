/** The bare server, measured the same way as the program. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpClient } from './http-client.ts';
import { timeCommand } from './measure-start.ts';
import { ServerProcess } from './server-process.ts';
import { median } from './statistics.ts';

const PORT = 10_981;
const STARTS = 5;
const WARM_UP = 200;
const REQUESTS = 500;
const PARALLEL = 16;
const PARALLEL_REQUESTS = 4000;

export interface BaselineFacts {
  readonly bareNodeMs: number;
  readonly startMs: number;
  readonly rssBytes: number;
  /** Median of one request at a time. */
  readonly requestMs: number;
  readonly requestsPerSecond: number;
}

export async function measureBaseline(): Promise<BaselineFacts> {
  const dir = await mkdtemp(join(tmpdir(), 'microclaw-baseline-'));
  const url = `http://127.0.0.1:${PORT}`;
  const script = join(import.meta.dirname, 'baseline-server.mjs');
  const command = {
    command: process.execPath,
    args: [script, String(PORT), join(dir, 'base.db')],
    cwd: dir,
    env: process.env,
    healthUrl: `${url}/health`,
  };
  try {
    const starts: number[] = [];
    let server = await ServerProcess.start(command);
    for (let index = 0; index < STARTS; index += 1) {
      await server.stop();
      server = await ServerProcess.start(command);
      starts.push(server.startMs);
    }
    const rssBytes = server.residentBytes();
    const { requestMs, requestsPerSecond } = await measureRequests(url);
    await server.stop();
    const bareNodeMs = await timeCommand(process.execPath, ['--eval', '0']);
    return { bareNodeMs, startMs: median(starts), rssBytes, requestMs, requestsPerSecond };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function measureRequests(url: string) {
  const http = new HttpClient(url);
  const call = { method: 'POST', path: '/', body: { message: 'hello' } } as const;
  for (let index = 0; index < WARM_UP; index += 1) await http.send(call);
  const times: number[] = [];
  for (let index = 0; index < REQUESTS; index += 1) {
    const startedAt = performance.now();
    await http.send(call);
    times.push(performance.now() - startedAt);
  }
  const startedAt = performance.now();
  let left = PARALLEL_REQUESTS;
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      while (left > 0) {
        left -= 1;
        await http.send(call);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  http.close();
  return { requestMs: median(times), requestsPerSecond: PARALLEL_REQUESTS / seconds };
}
