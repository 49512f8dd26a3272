/** The reference page of error codes, from the error tables of the sources. */
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ErrorCatalog } from '../../src/core/errors.ts';
import { isRecord } from '../../src/core/json.ts';

const INTRODUCTION = `# Error codes

Generated from the error tables of the sources by \`npm run docs\`. A code never changes its meaning. The kind says
what to do: \`user\` (the request is wrong), \`config\` (the operator has to change something), \`transient\` (the same
request may succeed later), \`permanent\` (it will not), \`uncertain\` (it may have had its effect), \`bug\` (the program
is wrong).
`;

/** The whole page, areas by name. */
export async function renderErrorPage(root: string): Promise<string> {
  const catalogs = await findCatalogs(root);
  const parts = [...catalogs]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([area, { catalog, path }]) => renderCatalog(area, catalog, path));
  return `${[INTRODUCTION, ...parts].join('\n')}\n`;
}

interface FoundCatalog {
  readonly catalog: ErrorCatalog<string>;
  readonly path: string;
}

/** Raises when two tables claim the same area, because their codes would collide. */
async function findCatalogs(root: string): Promise<ReadonlyMap<string, FoundCatalog>> {
  const catalogs = new Map<string, FoundCatalog>();
  for await (const path of glob('src/**/*errors.ts', { cwd: root })) {
    const exports: Record<string, unknown> = await import(pathToFileURL(join(root, path)).href);
    for (const value of Object.values(exports)) {
      if (!isCatalog(value)) continue;
      const other = catalogs.get(value.area);
      if (other !== undefined)
        throw new Error(`${path} and ${other.path} both declare the area ${value.area}`);
      catalogs.set(value.area, { catalog: value, path });
    }
  }
  return catalogs;
}

function isCatalog(value: unknown): value is ErrorCatalog<string> {
  return (
    isRecord(value) && typeof value.area === 'string' && isRecord(value.definitions) && 'create' in value
  );
}

function renderCatalog(area: string, catalog: ErrorCatalog<string>, path: string): string {
  const rows = Object.entries(catalog.definitions).map(
    ([name, { kind, summary, hint }]) =>
      `| \`MC_${area}_${name}\` | ${kind} | ${cell(summary)} | ${cell(hint ?? '')} |`,
  );
  const heading = [
    `## ${area}`,
    '',
    `From \`${path}\`.`,
    '',
    '| Code | Kind | Raised when | Hint |',
    '|---|---|---|---|',
  ];
  return `${[...heading, ...rows].join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
