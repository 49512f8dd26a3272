import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/support/tool-fixture.ts';
import { configurationFiles } from './configuration-files.ts';

test('the configuration is its file and the copy beside what the file leads to', async () => {
  const directory = await temporaryDirectory();
  const real = path.join(directory, 'real.yaml');
  const named = path.join(directory, 'named.yaml');
  expect(configurationFiles(named)).toEqual([named, `${named}.bak`]);
  await writeFile(real, '');
  await symlink(real, named);
  expect(configurationFiles(named)).toEqual([named, `${real}.bak`]);
  expect(configurationFiles(null)).toEqual([]);
});
