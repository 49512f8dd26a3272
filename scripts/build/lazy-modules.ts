/**
 * Modules that the program imports and a start does not use: the bundle loads each of them when one of its names is
 * first read. In the sources they are plain imports.
 */
import { isBuiltin } from 'node:module';
import type { Plugin } from 'rolldown';

interface LazyModule {
  readonly source: string;
  /** Which files get it lazily. */
  readonly importer: RegExp;
  /** What stands in its place, as a CommonJS module. */
  code(): Promise<string>;
}

const OWN_SOURCES = /[\\/]src[\\/]/;

const LAZY_MODULES: readonly LazyModule[] = [
  // Thirty modules of Node's own; a thirtieth of a start.
  { source: 'node:crypto', importer: OWN_SOURCES, code: () => namesOnDemand('node:crypto') },
  // Brings Node's line reader and directory watcher with it.
  { source: 'node:fs/promises', importer: OWN_SOURCES, code: () => namesOnDemand('node:fs/promises') },
  // A healthy start has nothing to log.
  { source: 'pino', importer: OWN_SOURCES, code: () => namesOnDemand('pino') },
  // Two dependencies of the logger call `assert(condition)` in places that are passed without harm.
  {
    source: 'assert',
    importer: /[\\/](sonic-boom|thread-stream)[\\/]/,
    code: async () =>
      `module.exports = function assert(condition, ...rest) {
        if (!condition) require('node:assert')(condition, ...rest);
      };`,
  },
];

/** Getters for everything that the module exports by name; the module is asked for once. */
async function namesOnDemand(source: string): Promise<string> {
  const names = Object.keys(await import(source)).filter((name) => /^[a-z]\w*$/i.test(name));
  const load = isBuiltin(source)
    ? `process.getBuiltinModule(${JSON.stringify(source)})`
    : `require(${JSON.stringify(source)})`;
  const getters = names
    .filter((name) => name !== 'default')
    .map((name) => `get ${name}() { return (loaded ??= ${load}).${name}; }`);
  return `let loaded; module.exports = { ${getters.join(', ')} };`;
}

const PREFIX = '\0lazy:';

export const lazyModules: Plugin = {
  name: 'lazy-modules',
  resolveId(source, importer) {
    const found = LAZY_MODULES.find(
      (entry) => entry.source === source && entry.importer.test(importer ?? ''),
    );
    return found === undefined ? undefined : `${PREFIX}${source}`;
  },
  load(id) {
    return LAZY_MODULES.find(({ source }) => id === `${PREFIX}${source}`)?.code();
  },
};
