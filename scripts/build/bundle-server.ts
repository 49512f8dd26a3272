/**
 * Bundles the program: `main.js`, one file per thread it starts, and a chunk for everything that is imported on
 * demand. All files lie side by side, because modules find the threads relative to themselves.
 *
 * Names are kept, so that a stack trace of a release can be read. The format is CommonJS: importing a module of Node as
 * an ES module reads every one of its exports, also those that load a part of Node which nobody asked for, and finding
 * each file takes longer; together that is a fifth of a start.
 */
import { chmod, glob, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RolldownLog } from 'rolldown';
import { rolldown } from 'rolldown';
import { toAscii } from './ascii-output.ts';
import { removeLaunchList, writeLaunchFiles } from './launch-files.ts';
import { lazyModules } from './lazy-modules.ts';

/** Output name to source of everything that is started by name: the program, and each `*-worker.ts` thread. */
async function findEntries(root: string): Promise<Record<string, string>> {
  const entries: Record<string, string> = { main: 'src/main.ts' };
  for await (const path of glob('src/**/*-worker.ts', { cwd: root })) entries[basename(path, '.ts')] = path;
  return entries;
}

/** Warnings that dependencies cause and that say nothing about the result. */
const HARMLESS: ReadonlySet<string | undefined> = new Set(['EVAL', 'CIRCULAR_DEPENDENCY']);

/** Builds into `outDir`, with the files for the launcher. Fails on every warning about our own sources. */
export async function bundleServer(root: string, outDir: string): Promise<void> {
  const moduleIds: string[] = [];
  const warnings: RolldownLog[] = [];
  await removeLaunchList(outDir);
  const bundle = await rolldown({
    cwd: root,
    input: await findEntries(root),
    platform: 'node',
    plugins: [
      lazyModules,
      {
        name: 'module-ids',
        // Not those of the chunks: a module that only passes others on is in none, and still decides what is bundled.
        buildEnd() {
          moduleIds.push(...this.getModuleIds());
        },
      },
    ],
    onLog(_level, log) {
      if (!HARMLESS.has(log.code)) warnings.push(log);
    },
  });
  const { output } = await bundle.write({
    dir: outDir,
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name]-[hash].js',
    minify: { compress: true, mangle: false, codegen: true },
    comments: { legal: true },
    banner: (chunk) => (chunk.name === 'main' ? '#!/usr/bin/env node' : ''),
  });
  await bundle.close();
  if (warnings.length > 0) {
    throw new Error(`the bundler warned:\n${warnings.map((log) => `  ${log.message}`).join('\n')}`);
  }
  const names = output.map((file) => file.fileName);
  for (const name of names) {
    const path = join(outDir, name);
    await writeFile(path, toAscii(await readFile(path, 'utf8')));
  }
  // The package around it holds ES modules.
  await writeFile(join(outDir, 'package.json'), '{ "type": "commonjs" }\n');
  await removeStale(outDir, new Set(names));
  await chmod(join(outDir, 'main.js'), 0o755);
  await writeLaunchFiles(root, outDir, moduleIds);
}

async function removeStale(outDir: string, current: ReadonlySet<string>): Promise<void> {
  for await (const name of glob('*.js', { cwd: outDir })) {
    if (!current.has(name)) await rm(join(outDir, name));
  }
}
