import { copyFile, rename, rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StorageFixture } from '../../test/support/storage-fixture.ts';

let fixture: StorageFixture;
beforeEach(async () => {
  fixture = await StorageFixture.open();
});
afterEach(() => fixture.dispose());

it('takes a file that was written to for the same one', async () => {
  await fixture.repositories.meta.set('a', '1');
  expect(() => fixture.storage.verifyFile()).not.toThrow();
});

it('notices that the file is gone', async () => {
  await rm(fixture.path);
  expect(() => fixture.storage.verifyFile()).toThrow('was removed while it was in use');
});

it('notices that a backup was put in its place', async () => {
  await copyFile(fixture.path, `${fixture.path}.restored`);
  await rename(`${fixture.path}.restored`, fixture.path);
  expect(() => fixture.storage.verifyFile()).toThrow(
    expect.objectContaining({ code: 'MC_STORAGE_FILE_LOST' }),
  );
});
