import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createGuardedPlace, guardOf } from '../../../test/support/guarded-place.ts';
import { loadPathAllowlist, pathAllowlistFile } from './path-allowlist.ts';
import type { PathScope } from './path-guard.ts';

let root: string;
let base: string;
let scope: PathScope;

beforeEach(async () => {
  ({ root, base, scope } = await createGuardedPlace());
});

describe('the allowlist', () => {
  test('narrows everything to its roots, whether or not the target exists', async () => {
    const file = path.join(root, 'allow.txt');
    await writeFile(file, `# only this\n\n${path.join(base, 'src')}\n`);
    const narrow = guardOf(root, { allowlist: () => loadPathAllowlist(file) });
    expect(await narrow.check('src/new.ts', 'write', scope)).toMatchObject({ allowed: true });
    expect(await narrow.check('src/../other.ts', 'write', scope)).toMatchObject({
      allowed: false,
      message: `Access denied: 'src/../other.ts' is outside configured allowlist '${file}'`,
    });
  });

  test('a missing or empty file is no list', async () => {
    const file = path.join(root, 'empty.txt');
    expect(await loadPathAllowlist(file)).toBeUndefined();
    await writeFile(file, '# nothing\n');
    expect(await loadPathAllowlist(file)).toBeUndefined();
  });

  test('is found by variable, else in the home directory', () => {
    expect(pathAllowlistFile({ MICROCLAW_PATH_ALLOWLIST: '/a/b' }, '/home/u')).toBe('/a/b');
    expect(pathAllowlistFile({}, '/home/u')).toBe('/home/u/.microclaw/sandbox-path-allowlist.txt');
  });
});
