import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LAYERS } from './arrow-rules.ts';
import { findForbiddenImports } from './forbidden-imports.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'microclaw-arrows-'));
  await put('package.json', '{"name":"x","type":"module"}');
  await put('src/core/ids.ts', 'export const id = 1;\nexport interface Id { readonly id: number }\n');
  await put(
    'src/http/schemas/run.ts',
    'export interface Run { readonly id: number }\nexport const run = 1;\n',
  );
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

async function rulesBroken(folders: readonly string[] = ['src']): Promise<readonly string[]> {
  const { violations } = await findForbiddenImports(root, folders);
  return violations.map(({ rule, from, to }) => `${rule}: ${from} -> ${to}`).sort();
}

it('allows an import from a lower layer', async () => {
  await put('src/agent/turn.ts', "import { id } from '../core/ids.ts';\nexport const turn = id;\n");
  expect(await rulesBroken()).toEqual([]);
});

it('reports an import from a higher layer', async () => {
  await put('src/agent/turn.ts', 'export const turn = 1;\n');
  await put('src/llm/model.ts', "import { turn } from '../agent/turn.ts';\nexport const model = turn;\n");
  expect(await rulesBroken()).toEqual([
    'llm-imports-only-lower-layers: src/llm/model.ts -> src/agent/turn.ts',
  ]);
});

it('reports a forbidden import that is for types only', async () => {
  await put('src/config/x.ts', "import type { Run } from '../http/schemas/run.ts';\nexport type Y = Run;\n");
  expect(await rulesBroken()).toHaveLength(1);
});

it('reports files that name each other, though only for types', async () => {
  await put('src/core/a.ts', "import type { B } from './b.ts';\nexport interface A { readonly b: B }\n");
  await put('src/core/b.ts', "import type { A } from './a.ts';\nexport interface B { readonly a?: A }\n");
  expect(await rulesBroken()).toEqual(['no-circular: src/core/a.ts -> src/core/b.ts']);
});

it('reports an import between two folders of one layer', async () => {
  await put('src/gateway/x.ts', "import { run } from '../http/schemas/run.ts';\nexport const y = run;\n");
  expect(await rulesBroken()).toEqual([
    'gateway-imports-only-lower-layers: src/gateway/x.ts -> src/http/schemas/run.ts',
  ]);
});

it('reads files that use explicit resource management', async () => {
  await put(
    'src/core/y.ts',
    "import { run } from '../http/schemas/run.ts';\nexport function f(r: Disposable) { using x = r; return [x, run]; }\n",
  );
  expect(await rulesBroken()).toHaveLength(1);
});

it('reports a folder that has no layer', async () => {
  await put('src/extras/x.ts', 'export const x = 1;\n');
  await put('src/main.ts', "import { x } from './extras/x.ts';\nexport const y = x;\n");
  expect(await rulesBroken()).toEqual(['every-folder-has-a-layer: src/main.ts -> src/extras/x.ts']);
});

it('reports a cycle', async () => {
  await put('src/core/a.ts', "import { b } from './b.ts';\nexport const a = () => b;\n");
  await put('src/core/b.ts', "import { a } from './a.ts';\nexport const b = () => a;\n");
  expect(await rulesBroken()).toContain('no-circular: src/core/a.ts -> src/core/b.ts');
});

it('lets the console share wire types and nothing else', async () => {
  await put(
    'web/src/ok.ts',
    "import type { Run } from '../../src/http/schemas/run.ts';\nexport type R = Run;\n",
  );
  expect(await rulesBroken(['web/src'])).toEqual([]);
  await put(
    'web/src/code.ts',
    "import { run } from '../../src/http/schemas/run.ts';\nexport const r = run;\n",
  );
  await put('web/src/inner.ts', "import type { Id } from '../../src/core/ids.ts';\nexport type I = Id;\n");
  expect(await rulesBroken(['web/src'])).toEqual([
    'the-console-knows-only-the-wire-schemas: web/src/inner.ts -> src/core/ids.ts',
    'the-console-shares-types-only: web/src/code.ts -> src/http/schemas/run.ts',
  ]);
});

it('keeps test code out of the product', async () => {
  await put('test/support/fake.ts', 'export const fake = 1;\n');
  await put('src/core/z.ts', "import { fake } from '../../test/support/fake.ts';\nexport const z = fake;\n");
  expect(await rulesBroken()).toEqual(['no-test-code-in-the-product: src/core/z.ts -> test/support/fake.ts']);
});

it('gives every folder one layer', () => {
  const folders = LAYERS.flat();
  expect(new Set(folders).size).toBe(folders.length);
});
