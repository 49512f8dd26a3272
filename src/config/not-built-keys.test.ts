import { expect, it } from 'vitest';
import { configSchema } from './config.ts';
import { notBuiltKeys } from './not-built-keys.ts';
import { keysAt } from './schema-walk.ts';

it('names no key that is built', () => {
  const built = [...notBuiltKeys()].filter((key) => {
    const path = key.split('.');
    return keysAt(configSchema, path.slice(0, -1)).includes(path.at(-1) ?? '');
  });
  expect(built).toEqual([]);
});
