import { expect, test } from 'vitest';
import { z } from 'zod';
import { lazyDefault } from './lazy-default.ts';
import { lazyStrictObject } from './lazy-object.ts';

function counted() {
  const calls = { count: 0 };
  const schema = lazyDefault(
    () => {
      calls.count += 1;
      return z.array(z.int().min(1));
    },
    () => [7],
  );
  return { schema, calls };
}

test('an absent value becomes the default without the schema behind it', () => {
  const { schema, calls } = counted();
  const object = lazyStrictObject(() => ({ sizes: schema }));
  expect(object.parse({})).toEqual({ sizes: [7] });
  expect(calls.count).toBe(0);
});

test('a value that is there is checked by the schema, which is made once', () => {
  const { schema, calls } = counted();
  expect(schema.parse([1, 2])).toEqual([1, 2]);
  expect(schema.safeParse([0]).error?.issues[0]?.path).toEqual([0]);
  expect(schema.safeParse(null).success).toBe(false);
  expect(calls.count).toBe(1);
});

test('whoever changes the default he got changes nobody else’s', () => {
  const { schema } = counted();
  schema.parse(undefined).push(8);
  expect(schema.parse(undefined)).toEqual([7]);
});

test('it has the JSON Schema of a plain default, and keeps its notes', () => {
  const { schema } = counted();
  const plain = z.array(z.int().min(1)).default([7]);
  z.globalRegistry.add(schema, { description: 'Sizes.' });
  const json = (inner: z.ZodType) => z.toJSONSchema(z.strictObject({ sizes: inner }), { io: 'input' });
  expect(json(schema)).toEqual(json(plain.meta({ description: 'Sizes.' })));
});
