import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';

describe('ArtifactRepository', () => {
  let fixture: StorageFixture;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
  });

  afterEach(() => fixture.dispose());

  const save = (ttlMs: number) =>
    fixture.repositories.artifacts.save({ chatId: 3, toolName: 'bash', content: 'a🐱b', ttlMs });

  it('keeps a result until it expires', async () => {
    const id = await save(1000);
    expect(id).toMatch(/^art_[0-9a-f]{32}$/);
    expect(await fixture.repositories.artifacts.find(id)).toEqual({
      artifactId: id,
      chatId: 3,
      toolName: 'bash',
      content: 'a🐱b',
      totalChars: 3,
      createdAt: '2030-01-01T00:00:00.000Z',
      expiresAt: '2030-01-01T00:00:01.000Z',
    });
    fixture.clock.advance(1000);
    expect(await fixture.repositories.artifacts.find(id)).toBeUndefined();
  });

  it('deletes what has expired and nothing else', async () => {
    await save(1000);
    const kept = await save(5000);
    fixture.clock.advance(1000);
    expect(await fixture.repositories.artifacts.prune()).toBe(1);
    expect(await fixture.repositories.artifacts.find(kept)).toBeDefined();
  });
});
