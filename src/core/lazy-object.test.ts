import { expect, test } from 'vitest';
import { z } from 'zod';
import { lazyObject, lazyStrictObject } from './lazy-object.ts';

function counted() {
  const calls = { count: 0 };
  const schema = lazyObject(() => {
    calls.count += 1;
    return { name: z.string(), size: z.int().optional() };
  });
  return { schema, calls };
}

test('the keys of a lazy object are made once, with the first value', () => {
  const { schema, calls } = counted();
  const list = z.array(schema.describe('A thing.'));
  expect(calls.count).toBe(0);
  expect(list.parse([{ name: 'a', size: 1, more: true }])).toEqual([{ name: 'a', size: 1 }]);
  expect(schema.safeParse({ size: 1.5 }).error?.issues.map((issue) => issue.path)).toEqual([
    ['name'],
    ['size'],
  ]);
  expect(calls.count).toBe(1);
});

test('a lazy object has the JSON Schema and the shape of a plain one', () => {
  const { schema } = counted();
  const plain = z.object({ name: z.string(), size: z.int().optional() });
  expect(z.toJSONSchema(schema)).toEqual(z.toJSONSchema(plain));
  expect(Object.keys(schema.extend({ color: z.string() }).shape)).toEqual(['name', 'size', 'color']);
});

test('a strict lazy object refuses further keys', () => {
  const schema = lazyStrictObject(() => ({ name: z.string() }));
  expect(schema.parse({ name: 'a' })).toEqual({ name: 'a' });
  expect(schema.safeParse({ name: 'a', more: 1 }).error?.issues[0]?.code).toBe('unrecognized_keys');
});
