import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstLoadBudget } from './first-load-budget.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'first-load-'));
  await writeFile(join(root, 'index.html'), '<script type="module" src="/main.js"></script>');
});

afterEach(() => rm(root, { recursive: true }));

/** Text of about `bytes` that does not compress. */
function noise(bytes: number): string {
  return `export const noise = '${randomBytes(bytes * 0.75).toString('base64')}';`;
}

function run(maxBytes: number): Promise<unknown> {
  return build({ root, configFile: false, logLevel: 'silent', plugins: [firstLoadBudget(maxBytes)] });
}

describe('firstLoadBudget', () => {
  it('fails the build when the page needs more than allowed', async () => {
    await writeFile(join(root, 'main.js'), `${noise(20_000)} console.log(noise);`);
    await expect(run(10_000)).rejects.toThrow('exceeds the budget');
    await expect(run(30_000)).resolves.toBeDefined();
  });

  it('does not count what loads later', async () => {
    await writeFile(join(root, 'later.js'), noise(20_000));
    await writeFile(join(root, 'main.js'), "import('./later.js').then((later) => console.log(later.noise));");
    await expect(run(10_000)).resolves.toBeDefined();
  });
});
