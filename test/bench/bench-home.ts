/** An installation of its own for a benchmark: directories, configuration, commands. */

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { ServerCommand } from './server-process.ts';

/** The clone that is measured. */
export const REPOSITORY = resolve(import.meta.dirname, '../..');
/** Limits that would measure the limiter. */
const UNLIMITED = 1_000_000;

export interface BenchHome {
  readonly dir: string;
  readonly url: string;
  readonly databasePath: string;
  /** `./microclaw start`, as a user of a clone runs it. */
  readonly start: ServerCommand;
  readonly env: NodeJS.ProcessEnv;
  dispose(): Promise<void>;
}

/** `modelUrl` is the base URL of an OpenAI-compatible server; without it the offline interpreter answers. */
export async function createBenchHome(modelUrl?: string): Promise<BenchHome> {
  const dir = await mkdtemp(join(tmpdir(), 'microclaw-bench-'));
  const port = await freePort();
  const configPath = join(dir, 'microclaw.config.yaml');
  const model =
    modelUrl === undefined
      ? {}
      : { llm_provider: 'custom', llm_base_url: modelUrl, api_key: 'bench-key', model: 'bench' };
  const config = {
    ...model,
    data_dir: join(dir, 'data'),
    working_dir: join(dir, 'work'),
    web_port: port,
    web_max_requests_per_window: UNLIMITED,
    web_max_inflight_per_session: UNLIMITED,
  };
  await writeFile(configPath, stringify(config), { mode: 0o600 });
  const url = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env.PATH, HOME: dir, LANG: 'C.UTF-8', MICROCLAW_CONFIG: configPath };
  return {
    dir,
    url,
    databasePath: join(dir, 'data/runtime/microclaw.db'),
    env,
    start: {
      command: join(REPOSITORY, 'microclaw'),
      args: ['start'],
      cwd: dir,
      env,
      healthUrl: `${url}/api/health`,
    },
    dispose: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
