/**
 * The arrows between folders: a folder of `src/` imports from itself and from folders of lower layers, never from its
 * own layer's other folders and never upwards. A test proves that a forbidden import is reported.
 *
 * `parser: 'swc'` is essential: without it no TypeScript is read and every rule passes silently.
 */

import type { IConfiguration } from 'dependency-cruiser';

/** Folders of `src/`, lowest layer first. Folders in one row do not know each other. */
export const LAYERS: readonly (readonly string[])[] = [
  ['core'],
  ['config'],
  ['observability'],
  ['storage'],
  ['security'],
  ['llm', 'hooks', 'sandbox'],
  ['tools'],
  ['agent'],
  ['memory', 'mcp', 'skills', 'scheduler', 'subagents', 'delivery'],
  ['channels', 'gateway', 'acp', 'a2a', 'http', 'service'],
  ['app'],
  ['cli'],
];

/** For each folder one rule that names everything of ours it must not import. */
function layerRules(): NonNullable<IConfiguration['forbidden']> {
  return LAYERS.flatMap((row, depth) =>
    row.map((folder) => {
      const allowed = [folder, ...LAYERS.slice(0, depth).flat()].join('|');
      return {
        name: `${folder}-imports-only-lower-layers`,
        comment: `src/${folder} may import src/(${allowed}) only; own a port in a lower layer instead.`,
        severity: 'error',
        from: { path: `^src/${folder}/` },
        to: { path: '^(src|web)/', pathNot: `^src/(${allowed})/` },
      };
    }),
  );
}

/** The rules, and how files are read. */
export const arrowRules: IConfiguration = {
  forbidden: [
    ...layerRules(),
    {
      name: 'every-folder-has-a-layer',
      comment: 'A new folder of src/ takes its place in LAYERS first.',
      severity: 'error',
      from: { path: '^(src|test|scripts)/' },
      to: { path: '^src/[^/]+/', pathNot: `^src/(${LAYERS.flat().join('|')})/` },
    },
    {
      name: 'no-circular',
      comment: 'Not for types either: what two files both name has a file of its own below them.',
      severity: 'error',
      from: { path: '^(src|web/src)/' },
      to: { circular: true },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^(src|web/src)/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '(^(test|scripts)/|\\.test\\.tsx?$)' },
    },
    {
      name: 'the-console-knows-only-the-wire-schemas',
      comment: 'The browser shares types with the server, never code.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/http/schemas/' },
    },
    {
      name: 'the-console-shares-types-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only', 'type-import'] },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench-results)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
  },
};
