import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';

describe('MetaRepository', () => {
  let fixture: StorageFixture;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
  });

  afterEach(() => fixture.dispose());

  it('remembers, replaces and forgets facts', async () => {
    const { meta } = fixture.repositories;
    await meta.set('a', '1');
    await meta.set('a', '2');
    expect(await meta.get('a')).toBe('2');
    expect(await meta.delete('a')).toBe(true);
    expect(await meta.delete('a')).toBe(false);
    expect(await meta.get('a')).toBeUndefined();
  });

  it('lists facts by the exact beginning of their names', async () => {
    const { meta } = fixture.repositories;
    for (const key of ['model:2', 'model:1', 'Model:3', 'model', 'modem', 'model:🐱'])
      await meta.set(key, key);
    const listed = await meta.listByPrefix('model:');
    expect(listed.map((row) => row.key)).toEqual(['model:1', 'model:2', 'model:🐱']);
  });
});
