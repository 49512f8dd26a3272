/**
 * `glob`: paths that match a shell pattern (tools §4.1, §6). Directories end with `/`. The directory the pattern
 * starts in passes the path guard; links are listed only when they stay inside.
 */
import path from 'node:path';
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import type { PathScope } from '../../security/path-guard/path-guard.ts';
import { deniedOutcome, type FileToolOptions, failedOutcome, pathScope } from '../files/file-tool-options.ts';
import { compileGlob, type GlobPattern } from '../files/glob-pattern.ts';
import { pathBoundary } from '../files/path-boundary.ts';
import { createPathDisplay } from '../files/path-display.ts';
import { type WalkEntry, walkTree } from '../files/walk.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutcome } from '../tool.ts';

const MAX_RESULTS = 500;
const MAX_ENTRIES = 100_000;
/** Directories that are only searched when the pattern names them. */
const BULKY_DIRECTORIES: readonly string[] = ['node_modules', '.git'];

const input = lazyObject(() => ({
  pattern: z.string().describe('e.g. src/**/*.ts'),
  path: z.string().optional().describe('Directory to start in'),
}));

export function createGlobTool(options: FileToolOptions): Tool {
  return defineTool({
    name: 'glob',
    description: 'List files and directories that match a glob pattern; * lists the working directory.',
    input,
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    idempotent: true,
    async boundaries(call, place) {
      const glob = compileGlob(call.pattern);
      if (glob.kind === 'invalid') return [];
      const scope = pathScope(place);
      return [await pathBoundary(options.guard, startOf(call, glob, scope), 'read', scope)];
    },
    summarize: ({ pattern, path: start }) => (start === undefined ? pattern : `${pattern} in ${start}`),
    run: (call, context) => runGlob(options, call, context),
  });
}

async function runGlob(
  options: FileToolOptions,
  call: z.infer<typeof input>,
  context: ToolContext,
): Promise<ToolOutcome> {
  const glob = compileGlob(call.pattern);
  if (glob.kind === 'invalid') return failedOutcome(`Invalid glob: ${glob.reason}`);
  const scope = pathScope(context);
  const start = startOf(call, glob, scope);
  const decision = await options.guard.check(start, 'read', scope);
  if (!decision.allowed) return deniedOutcome(decision);
  const display = await createPathDisplay(scope.baseDir);
  const found: string[] = [];
  const isHidden = await options.guard.hiddenFrom(scope);
  const walk = walkTree({
    root: decision.realPath,
    signal: context.signal,
    depth: glob.depth,
    maxEntries: MAX_ENTRIES,
    skip: (name, absolutePath) => isSkipped(name, call.pattern) || isHidden(absolutePath),
  });
  for await (const entry of walk.entries) {
    if (!(await isListed(entry, glob, options, scope))) continue;
    const shown = display(entry.absolutePath);
    found.push(entry.kind === 'directory' ? `${shown}/` : shown);
  }
  return { content: formatPaths(found, walk.complete()) };
}

function startOf(call: z.infer<typeof input>, { base }: Pick<GlobPattern, 'base'>, scope: PathScope): string {
  return path.resolve(scope.baseDir, call.path ?? '.', base);
}

function isSkipped(name: string, pattern: string): boolean {
  return BULKY_DIRECTORIES.includes(name) && !pattern.includes(name);
}

async function isListed(
  entry: WalkEntry,
  glob: GlobPattern,
  options: FileToolOptions,
  scope: PathScope,
): Promise<boolean> {
  if (!glob.matches(entry.relativePath)) return false;
  if (entry.kind !== 'link') return true;
  return (await options.guard.check(entry.absolutePath, 'read', scope)).allowed;
}

function formatPaths(found: string[], complete: boolean): string {
  if (found.length === 0) return 'No files found matching pattern.';
  const lines = found.sort().slice(0, MAX_RESULTS);
  const hidden = found.length - lines.length;
  if (hidden > 0) lines.push(`... and ${hidden} more files`);
  if (!complete) lines.push(`... (stopped after ${MAX_ENTRIES} entries; use a narrower pattern)`);
  return lines.join('\n');
}
