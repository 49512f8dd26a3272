/** `npm run docs [-- --check]`: writes the generated reference pages, or fails when they differ from the sources. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { renderCliPage } from './docs/cli-page.ts';
import { renderConfigPage } from './docs/config-page.ts';
import { renderErrorPage } from './docs/error-page.ts';

const root = resolve(import.meta.dirname, '..');
const onlyCheck = process.argv.includes('--check');

const pages: Readonly<Record<string, string>> = {
  'docs/cli.md': await renderCliPage(),
  'docs/configuration.md': renderConfigPage(),
  'docs/configuration.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  'docs/errors.md': await renderErrorPage(root),
};

async function currentText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return ''; // not written yet, so it differs
  }
}

for (const [name, text] of Object.entries(pages)) {
  const path = join(root, name);
  if ((await currentText(path)) === text) continue;
  if (onlyCheck) {
    console.error(`${name} differs from the sources; run \`npm run docs\``);
    process.exitCode = 1;
    continue;
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  console.error(`wrote ${name}`);
}
