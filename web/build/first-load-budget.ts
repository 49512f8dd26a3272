/**
 * Prints what a first visit downloads and fails the build above the budget.
 *
 * Counted: the page, every entry chunk, the chunks it imports statically and their styles, each compressed with gzip
 * level 9. Chunks behind `import()` are listed apart and not counted.
 */
import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;

/** Vite plugin; `maxBytes` is the gzip budget of the first load. Throws during `generateBundle` when exceeded. */
export function firstLoadBudget(maxBytes: number): Plugin {
  return {
    name: 'microclaw:first-load-budget',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const first = firstLoadFiles(bundle);
        const total = [...first].reduce((sum, name) => sum + gzipSizeOf(bundle, name), 0);
        for (const name of Object.keys(bundle).sort()) {
          const size = kilobytes(gzipSizeOf(bundle, name));
          this.info(`${first.has(name) ? 'first' : 'lazy '} ${size.padStart(9)} gzip  ${name}`);
        }
        this.info(`first load ${kilobytes(total)} gzip of ${kilobytes(maxBytes)} allowed`);
        if (total > maxBytes) this.error(`the first load of ${kilobytes(total)} exceeds the budget`);
      },
    },
  };
}

function firstLoadFiles(bundle: Bundle): Set<string> {
  const files = new Set<string>();
  const visit = (name: string) => {
    const output = bundle[name];
    if (output === undefined || files.has(name)) return;
    files.add(name);
    if (output.type === 'chunk') output.imports.forEach(visit);
  };
  for (const output of Object.values(bundle)) {
    const isEntry = output.type === 'chunk' ? output.isEntry : /\.(css|html)$/.test(output.fileName);
    if (isEntry) visit(output.fileName);
  }
  return files;
}

function gzipSizeOf(bundle: Bundle, name: string): number {
  const output = bundle[name];
  if (output === undefined) return 0;
  return gzipSync(output.type === 'chunk' ? output.code : output.source, { level: 9 }).byteLength;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
