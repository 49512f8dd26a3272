/**
 * Bundles the program: `main.js`, one file per thread it starts, and a chunk for everything that is imported on
 * demand. All files lie side by side, because modules find the threads relative to themselves. Beside them lies what the
 * launcher needs: the list of the sources, and what the program prints for `version` and `--help`.
 *
 * Names are kept, so that a stack trace of a release can be read. The format is CommonJS: importing a module of Node as
 * an ES module reads every one of its exports, also those that load a part of Node which nobody asked for, and finding
 * each file takes longer; together that is a fifth of a start.
 */
import { execFile } from 'node:child_process';
import { chmod, glob, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import type { RolldownLog, RolldownOutput } from 'rolldown';
import { rolldown } from 'rolldown';
import { toAscii } from './ascii-output.ts';

/** Output name to source of everything that is started by name: the program, and each `*-worker.ts` thread. */
async function findEntries(root: string): Promise<Record<string, string>> {
  const entries: Record<string, string> = { main: 'src/main.ts' };
  for await (const path of glob('src/**/*-worker.ts', { cwd: root })) entries[basename(path, '.ts')] = path;
  return entries;
}

/** Warnings that dependencies cause and that say nothing about the result. */
const HARMLESS: ReadonlySet<string | undefined> = new Set(['EVAL', 'CIRCULAR_DEPENDENCY']);

/** Builds into `outDir` and returns the names of the files. Fails on every warning about our own sources. */
export async function bundleServer(root: string, outDir: string): Promise<readonly string[]> {
  const warnings: RolldownLog[] = [];
  const bundle = await rolldown({
    cwd: root,
    input: await findEntries(root),
    platform: 'node',
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
  await writeFile(join(outDir, 'sources.sh'), sourceList(root, output));
  await writeFile(join(outDir, 'version.txt'), await printed(outDir, 'version'));
  await writeFile(join(outDir, 'help.txt'), await printed(outDir, '--help'));
  return names;
}

/** The sources that went into the bundle, as words of a shell variable. */
function sourceList(root: string, output: readonly RolldownOutput['output'][number][]): string {
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  const sources = [...new Set(modules.map((id) => relative(root, id).split(sep).join('/')))]
    .filter((path) => path.startsWith('src/'))
    .sort();
  for (const path of sources) {
    if (!/^[\w./-]+$/.test(path)) throw new Error(`the launcher cannot read this name of a source: ${path}`);
  }
  return `sources='\n${sources.join('\n')}\n'\n`;
}

/** What the built program prints when its output is no terminal. */
async function printed(outDir: string, argument: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(outDir, 'main.js'), argument]);
  return stdout;
}

async function removeStale(outDir: string, current: ReadonlySet<string>): Promise<void> {
  for await (const name of glob('*.js', { cwd: outDir })) {
    if (!current.has(name)) await rm(join(outDir, name));
  }
}
