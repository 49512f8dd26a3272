import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { ApiKeyRepository, NewApiKey } from './api-key-repository.ts';

describe('ApiKeyRepository', () => {
  let fixture: StorageFixture;
  let keys: ApiKeyRepository;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
    keys = fixture.repositories.apiKeys;
  });

  afterEach(() => fixture.dispose());

  const newKey = (keyHash: string, changes: Partial<NewApiKey> = {}): NewApiKey => ({
    label: `label of ${keyHash}`,
    keyHash,
    prefix: 'mk_1234567',
    scopes: ['operator.write', 'operator.read', 'operator.read'],
    expiresAtMs: null,
    ...changes,
  });

  it('creates a key with its scopes, each once and sorted', async () => {
    const created = await keys.create(newKey('h1'));
    expect(created).toEqual({
      id: 1,
      label: 'label of h1',
      prefix: 'mk_1234567',
      createdAt: '2030-01-01T00:00:00.000Z',
      revokedAt: null,
      lastUsedAt: null,
      expiresAt: null,
      rotatedFromKeyId: null,
      scopes: ['operator.read', 'operator.write'],
    });
    expect(await keys.findById(1)).toEqual(created);
    await expect(keys.create(newKey('h1'))).rejects.toMatchObject({ code: 'MC_STORAGE_CONSTRAINT' });
  });

  it('lists the newest first and keeps revoked ones', async () => {
    await keys.create(newKey('h1'));
    await keys.create(newKey('h2', { scopes: ['operator.admin'] }));
    await keys.revoke(1);
    const list = await keys.list();
    expect(list.map(({ id, scopes }) => [id, scopes])).toEqual([
      [2, ['operator.admin']],
      [1, ['operator.read', 'operator.write']],
    ]);
    expect(list[1]?.revokedAt).not.toBeNull();
  });

  it('finds a live key only while it is neither revoked nor expired', async () => {
    await keys.create(newKey('h1', { expiresAtMs: fixture.clock.now() + 1000 }));
    await keys.create(newKey('h2'));
    expect((await keys.findLiveByHash('h1'))?.id).toBe(1);
    fixture.clock.advance(1000);
    expect(await keys.findLiveByHash('h1')).toBeUndefined();
    expect((await keys.findByHash('h1'))?.id).toBe(1);
    await keys.revoke(2);
    expect(await keys.findLiveByHash('h2')).toBeUndefined();
    expect(await keys.findLiveByHash('h3')).toBeUndefined();
  });

  it('keeps the first time of revocation', async () => {
    await keys.create(newKey('h1'));
    expect(await keys.revoke(1)).toBe(true);
    fixture.clock.advance(5000);
    expect(await keys.revoke(1)).toBe(true);
    expect((await keys.findById(1))?.revokedAt).toBe('2030-01-01T00:00:00.000Z');
    expect(await keys.revoke(99)).toBe(false);
  });

  it('rotates a key in one step and refuses one that is revoked or unknown', async () => {
    await keys.create(newKey('h1'));
    const outcome = await keys.rotate(1, newKey('h2'));
    expect(outcome).toMatchObject({ kind: 'rotated', key: { id: 2, rotatedFromKeyId: 1 } });
    expect((await keys.findById(1))?.revokedAt).not.toBeNull();
    expect(await keys.rotate(1, newKey('h3'))).toEqual({ kind: 'already_revoked' });
    expect(await keys.rotate(99, newKey('h3'))).toEqual({ kind: 'not_found' });
    expect(await keys.list()).toHaveLength(2);
  });

  it('leaves the old key alive when the new one cannot be stored', async () => {
    await keys.create(newKey('h1'));
    await expect(keys.rotate(1, newKey('h1'))).rejects.toMatchObject({ code: 'MC_STORAGE_CONSTRAINT' });
    expect((await keys.findById(1))?.revokedAt).toBeNull();
  });

  it('notes use', async () => {
    await keys.create(newKey('h1'));
    fixture.clock.advance(1000);
    await keys.touch(1);
    expect((await keys.findById(1))?.lastUsedAt).toBe('2030-01-01T00:00:01.000Z');
  });
});
