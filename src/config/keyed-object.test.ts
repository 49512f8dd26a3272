import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { configSchema, configSections } from './config.ts';
import { configKey, keyedObject, requiredKey } from './keyed-object.ts';
import { block, text } from './schema-types.ts';
import { validateConfig } from './validate.ts';

/** The same schema made of zod's own objects, every key with its schema. */
function plain(schema: z.core.$ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) return z.strictObject(plainShape(schema.shape));
  if (schema instanceof z.ZodPrefault) return plain(schema.unwrap()).prefault(schema.def.defaultValue);
  if (schema instanceof z.ZodDefault) return plain(schema.unwrap()).default(schema.def.defaultValue);
  if (schema instanceof z.ZodOptional) return plain(schema.unwrap()).optional();
  if (schema instanceof z.ZodArray) return z.array(plain(schema.element));
  if (schema instanceof z.ZodRecord) return z.record(z.string(), plain(schema.valueType));
  return schema as z.ZodType;
}

function plainShape(shape: z.ZodRawShape): z.ZodRawShape {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, plain(schema)]));
}

/** What a file is read as, or what is wrong with it: keys in their order, absent ones and `undefined` ones apart. */
function outcome(schema: z.ZodType, file: unknown): string {
  const { success, data, error } = schema.safeParse(file);
  return inspect(success ? data : error?.issues, { depth: Infinity, maxArrayLength: null });
}

describe('the configuration reads every file as a plain object schema of its keys would', () => {
  const whole = plain(configSchema);
  const files: Readonly<Record<string, unknown>> = {
    'no key': {},
    'a few keys': { web_port: 0, model: ' gpt ', sandbox: { mode: 'all' }, api_key: '' },
    'every key at its default': configSchema.parse({ channels: { web: {} } }),
    'unknown keys at several depths': { models: 1, web_port: 80, sandbox: { mod: 'all', image: 'x' }, b: {} },
    'wrong types, written in another order than the schema has': {
      web_port: 'x',
      channels: { web: { trusted_proxies: ['nowhere'], enabled: 1 } },
      sandbox: { memory_limit: 'much', mode: 1 },
      max_tokens: 0,
      llm_provider: 7,
    },
    'empty values': { model: null, sandbox: null, web_search: { brave_api_key: '', max_results: null } },
    'keys that are undefined': { model: undefined, web_port: undefined, channels: { web: undefined } },
    'blocks that are no mapping': { sandbox: [], observability: 'info', channels: { web: true } },
    'lists and maps of blocks': {
      provider_presets: { one: { api_key: 'k', models: [' a ', ''] }, two: {} },
      tool_policy: { grants: [{ chat_id: '7' }, { max_risk: 'low' }] },
      web_fetch_url_validation: { feed_sync: { sources: [{ url: 'https://a' }, { url: ' ' }] } },
    },
    'entries that lack what they must have': {
      model_prices: [{ model: 'a' }],
      web_fetch_url_validation: { feed_sync: { sources: [{ enabled: 'yes', extra: 1 }] } },
    },
    'no mapping at all': [],
  };

  test.each(Object.entries(files))('%s', (_name, file) => {
    expect(outcome(configSchema, file)).toBe(outcome(whole, file));
  });

  test.each(Object.keys(configSchema.shape))('`%s` with values of every kind', (key) => {
    for (const value of ['', 'x', 'off', 0, 1, -1, 1.5, 1e10, true, null, [], ['a', ''], [1], {}, { a: 1 }]) {
      expect(outcome(configSchema, { [key]: value })).toBe(outcome(whole, { [key]: value }));
    }
  });
});

test('a file of three keys makes the schemas of three keys', () => {
  const keys = configSections.flatMap((section) => Object.entries(section.keys));
  const makers = keys.map(([name, key]) => ({ name, spy: vi.spyOn(key, 'schema') }));
  const { config } = validateConfig({ web_port: 0, model: 'm', sandbox: { mode: 'all' } });
  const made = makers.filter(({ spy }) => spy.mock.calls.length > 0).map(({ name }) => name);
  vi.restoreAllMocks();
  expect(config?.sandbox).toMatchObject({ mode: 'all', no_network: true });
  expect(made).toEqual(['model', 'sandbox', 'web_port']);
});

/** A key that notes when its schema is made. */
function noted(made: string[], name: string) {
  const schema = () => {
    made.push(name);
    return z.array(z.int()).default([7]);
  };
  return configKey(schema, () => [7]);
}

test('within a block, too, only the keys that are written cost a schema, and that once', () => {
  const made: string[] = [];
  const inner = block('Inner.', { a: noted(made, 'inner a'), b: noted(made, 'inner b') });
  const schema = keyedObject({ a: noted(made, 'a'), inner });
  expect(schema.parse({})).toEqual({ a: [7], inner: { a: [7], b: [7] } });
  expect(made).toEqual([]);
  expect(schema.parse({ inner: { b: [1] } })).toEqual({ a: [7], inner: { a: [7], b: [1] } });
  expect(schema.safeParse({ inner: { b: 1 } }).success).toBe(false);
  expect(made).toEqual(['inner b']);
});

test('whoever changes a default he got changes nobody else’s', () => {
  const schema = keyedObject({ inner: block('Inner.', { list: noted([], 'list') }) });
  const first = schema.parse({});
  first.inner.list.push(8);
  expect(schema.parse({})).toEqual({ inner: { list: [7] } });
});

test('a required key that is absent is an issue in its place among the others', () => {
  const schema = keyedObject({ a: text('A.', ''), b: requiredKey(() => z.string()), c: text('C.', '') });
  expect(schema.parse({ b: 'x' })).toEqual({ a: '', b: 'x', c: '' });
  const paths = schema.safeParse({ c: 1, a: 1 }).error?.issues.map((issue) => issue.path);
  expect(paths).toEqual([['a'], ['b'], ['c']]);
});

test('it has the JSON Schema of a plain strict object', () => {
  const schema = keyedObject({
    inner: block('Inner.', { a: text('A.', 'x') }),
    b: requiredKey(() => z.int()),
  });
  const options = { io: 'input' } as const;
  const inner = z.strictObject({ a: z.string().default('x').meta({ description: 'A.' }) });
  const described = inner.prefault({}).meta({ description: 'Inner.' });
  expect(z.toJSONSchema(schema, options)).toEqual(
    z.toJSONSchema(z.strictObject({ inner: described, b: z.int() }), options),
  );
});
