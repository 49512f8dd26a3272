/**
 * A key that may only read asks every route for the credentials of the configuration, in the real program: every key
 * that the schema marks as one, before and after the file was damaged while the program runs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { isRecord } from '../../src/core/json.ts';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const SCHEMA = resolve(import.meta.dirname, '../../docs/configuration.schema.json');

/** A text that occurs nowhere else, with its key in it. */
const secretOf = (key: string) => `credential-of-${key.replaceAll('_', '-')}-7d1f0c`;
const ANY_SECRET = /credential-of-[a-z-]+-7d1f0c|8675309867530986753/;

const CREDENTIALS = {
  api_key: secretOf('api_key'),
  api_keys: [secretOf('api_keys-one'), secretOf('api_keys-two')],
  provider_presets: {
    other: {
      provider: 'openai',
      default_model: 'm',
      api_key: secretOf('profile'),
      api_keys: [secretOf('profile-keys')],
    },
  },
  web_auth_token: secretOf('web_auth_token'),
  web_search: { brave_api_key: secretOf('brave'), tavily_api_key: secretOf('tavily') },
  channels: { web: { hooks_token: secretOf('hooks') } },
} as const;

/** Dotted names of the same, `*` for a free name. */
const TRIED = [
  'api_key',
  'api_keys',
  'provider_presets.*.api_key',
  'provider_presets.*.api_keys',
  'web_auth_token',
  'web_search.brave_api_key',
  'web_search.tavily_api_key',
  'channels.web.hooks_token',
];

/** Where credentials hide that no schema knows of. */
const HIDDEN = {
  llm_base_url: `http://me:${secretOf('base-url')}@x@127.0.0.1:9/v1`,
  openai_compat_body_overrides: { metadata: { token: { value: secretOf('body') } } },
};

interface JsonSchema {
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
}

/** Dotted names of every credential; `*` for a free name, lists by their own name. */
function secretNames(schema: JsonSchema, path: string): readonly string[] {
  if (schema.secret === true) return [path];
  const named = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
    secretNames(inner, path === '' ? key : `${path}.${key}`),
  );
  const free = isRecord(schema.additionalProperties)
    ? secretNames(schema.additionalProperties, `${path}.*`)
    : [];
  return [...named, ...free, ...(schema.items === undefined ? [] : secretNames(schema.items, path))];
}

let home: MicroclawHome;
let server: RunningMicroclaw;
let client: ApiClient;
let readOnlyKey: string;
let runId: string;
let valid: string;

beforeAll(async () => {
  home = await createHome({
    llm_provider: 'custom',
    model: 'fake',
    web_max_requests_per_window: 100_000,
    api_key_max_requests_per_window: 100_000,
    ...CREDENTIALS,
    ...HIDDEN,
  });
  valid = await readFile(home.configPath, 'utf8');
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
  const { body } = await client.post('/api/auth/api_keys', { label: 'reader', scopes: ['operator.read'] });
  readOnlyKey = String(body.api_key);
  // A turn that fails at the model, so that the address and the key were in use.
  const sent = await client.post('/api/send_stream', { message: 'hello' });
  runId = String(sent.body.run_id);
});
afterAll(async () => {
  await server.stop();
  await home.dispose();
});

const read = async (path: string) => {
  const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${readOnlyKey}` } });
  return { status: answer.status, text: await answer.text() };
};

async function readablePaths(): Promise<readonly string[]> {
  const document: unknown = JSON.parse((await read('/api/openapi.json')).text);
  const paths = isRecord(document) && isRecord(document.paths) ? Object.entries(document.paths) : [];
  return paths.filter(([, methods]) => isRecord(methods) && 'get' in methods).map(([path]) => path);
}

it('every credential of the schema is tried here', async () => {
  const schema: JsonSchema = JSON.parse(await readFile(SCHEMA, 'utf8'));
  // The token of the web channel has two places, of which the top one wins.
  const known = new Set(secretNames(schema, '').filter((name) => name !== 'channels.web.auth_token'));
  expect([...known].sort()).toEqual([...TRIED].sort());
});

describe.each([
  ['as it was at the start', () => valid],
  ['with a credential that is a number', () => damaged({ api_key: 8675309867530986753n })],
  ['with a credential that is a block', () => damaged({ api_key: { value: secretOf('block') } })],
  ['with a list of credentials that is a block', () => damaged({ api_keys: { a: secretOf('block') } })],
  ['with a credential that is a list', () => damaged({ web_auth_token: [secretOf('list')] })],
  [
    'with a credential of a channel that is a number',
    () => damaged({ channels: { web: { hooks_token: 8675309867530986753n } } }),
  ],
  ['with a profile that is wrong elsewhere', () => damaged({ max_tokens: secretOf('wrong-place') })],
  ['with broken YAML behind the credentials', () => `${valid}\nmodel: [${secretOf('yaml')}`],
  ['with a root that is a credential', () => secretOf('root')],
])('the file %s', (_name, text) => {
  it('gives a read-only key no credential on any route', async () => {
    await writeFile(home.configPath, text());
    const paths = await readablePaths();
    expect(paths).toEqual(expect.arrayContaining(['/api/config', '/api/config/self_check', '/api/stream']));
    for (const path of paths) {
      const asked = path === '/api/stream' ? `${path}?run_id=${runId}` : path.replaceAll(/\{\w+\}/g, '1');
      const { status, text: answer } = await read(asked);
      expect(status, path).not.toBe(429);
      expect(answer, path).not.toMatch(ANY_SECRET);
    }
    expect((await read('/api/config')).text).toContain('"api_key":"***"');
    expect(server.log()).not.toMatch(ANY_SECRET);
  });
});

/** The valid file with one part made unusable. */
function damaged(part: Readonly<Record<string, unknown>>): string {
  const kept = valid
    .split('\n')
    .filter((line) => !Object.keys(part).some((key) => line.startsWith(`${key}:`)));
  return `${kept.join('\n')}\n${stringify(part)}`;
}

it('a refused change names the key and not the credential', async () => {
  await writeFile(home.configPath, valid);
  for (const patch of [
    { api_key: { value: secretOf('refused') } },
    { web_auth_token: 8675309867 },
    { provider_presets: { other: { provider: 7, api_key: secretOf('refused') } } },
    { web_search: { brave_api_key: { value: secretOf('refused') } } },
  ]) {
    const { status, body } = await client.post('/api/config', patch);
    expect(status, JSON.stringify(patch)).toBe(400);
    expect(JSON.stringify(body)).not.toMatch(/credential-of-refused|8675309867/);
  }
  expect(await readFile(join(home.dir, 'microclaw.config.yaml'), 'utf8')).toBe(valid);
});
