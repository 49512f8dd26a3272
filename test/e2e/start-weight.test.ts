/** What a start must not load: each of these costs more time than the program can make up for elsewhere. */
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const PRELOAD = join(import.meta.dirname, '../support/loaded-modules-preload.ts');

let home: MicroclawHome;
let server: RunningMicroclaw | undefined;
beforeEach(async () => {
  home = await createHome();
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await home.dispose();
});

/** The modules of Node that the server has loaded so far. */
async function loadedModules({ child, log }: RunningMicroclaw): Promise<readonly string[]> {
  child.kill('SIGUSR2');
  for (;;) {
    const found = /^loaded modules: (\[.*\])$/m.exec(log());
    if (found?.[1] !== undefined) return JSON.parse(found[1]);
    if (child.stderr !== null) await once(child.stderr, 'data');
  }
}

test('a server that has answered a request has loaded neither the fetch API and web streams nor TLS, crypto, HTTP/2, decoders and assert', async () => {
  server = await startMicroclaw(home, { env: { NODE_OPTIONS: `--import ${PRELOAD}` } });
  expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
  const names = (await loadedModules(server)).map((entry) => entry.replace(/^NativeModule /, ''));
  expect(names).toContain('http');
  const heavy = [
    'internal/deps/undici/undici',
    'internal/webstreams/readablestream',
    'http2',
    'https',
    'tls',
    'zlib',
    'inspector',
    'repl',
    'assert',
    'crypto',
  ];
  expect(names.filter((name) => heavy.includes(name))).toEqual([]);
});
