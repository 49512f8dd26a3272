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

const PRELOAD = join(import.meta.dirname, '../support/loaded-preload.ts');

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

/** What the server has loaded and made so far. */
async function loaded({ child, log }: RunningMicroclaw): Promise<{
  /** Modules of Node, by name. */
  readonly modules: readonly string[];
  /** Kinds of zod's schemas, one per schema. */
  readonly schemaKinds: readonly string[];
}> {
  child.kill('SIGUSR2');
  for (;;) {
    const found = /^loaded: (\{.*\})$/m.exec(log());
    if (found?.[1] !== undefined) return JSON.parse(found[1]);
    if (child.stderr !== null) await once(child.stderr, 'data');
  }
}

/** What a server has loaded that has answered one request. */
async function afterFirstAnswer() {
  server = await startMicroclaw(home, { env: { NODE_OPTIONS: `--import ${PRELOAD}` } });
  expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
  return loaded(server);
}

test('a server that has answered a request has loaded neither the fetch API and web streams nor TLS, crypto, HTTP/2, decoders, file promises and assert', async () => {
  const { modules } = await afterFirstAnswer();
  const names = modules.map((entry) => entry.replace(/^NativeModule /, ''));
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
    'fs/promises',
  ];
  expect(names.filter((name) => heavy.includes(name))).toEqual([]);
});

test('a server that has answered a request has made no schema of a value that nobody sent or set', async () => {
  const { schemaKinds } = await afterFirstAnswer();
  // Objects make the schemas of their keys when they see a value; the others belong to the keys of the test's file.
  expect(schemaKinds).toContain('object');
  const needless = ['array', 'enum', 'literal', 'nullable', 'record', 'tuple', 'union', 'unknown'];
  expect(schemaKinds.filter((kind) => needless.includes(kind))).toEqual([]);
  expect(schemaKinds.filter((kind) => kind !== 'object').length).toBeLessThan(40);
});
