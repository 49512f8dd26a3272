/**
 * `grep`: lines that match a regular expression (tools §4.1, §6). No pattern can hang the program (`line-pattern.ts`),
 * and the search yields to other work every few milliseconds.
 */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { monotonicMs } from '../../core/monotonic.ts';
import { openVerified } from '../../security/path-guard/open-verified.ts';
import type { PathScope } from '../../security/path-guard/path-guard.ts';
import {
  deniedOutcome,
  describeFileError,
  type FileToolOptions,
  failedOutcome,
  MAX_FILE_BYTES,
  pathScope,
} from '../files/file-tool-options.ts';
import { compileGlob } from '../files/glob-pattern.ts';
import { compileLinePattern, type LinePattern } from '../files/line-pattern.ts';
import { pathBoundary } from '../files/path-boundary.ts';
import { createPathDisplay } from '../files/path-display.ts';
import { decodeText } from '../files/text-file.ts';
import { walkTree } from '../files/walk.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutcome } from '../tool.ts';

const MAX_MATCHES = 500;
const MAX_FILES = 10_000;
const MAX_ENTRIES = 100_000;
const MAX_SHOWN_LINE = 500;
const SKIPPED_DIRECTORIES: ReadonlySet<string> = new Set(['node_modules', 'target']);
const SLICE_MS = 8;

const input = lazyObject(() => ({
  pattern: z.string().describe('Regular expression (RE2)'),
  path: z.string().optional().describe('File or directory'),
  glob: z.string().optional().describe('Only files whose name matches, e.g. *.ts'),
}));

type NameFilter = (relativePath: string) => boolean;

export function createGrepTool(options: FileToolOptions): Tool {
  return defineTool({
    name: 'grep',
    description:
      'Search file contents for a regular expression. Skips hidden files, node_modules and target.',
    input,
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    idempotent: true,
    boundaries: async ({ path: start = '.' }, place) => [
      await pathBoundary(options.guard, start, 'read', pathScope(place)),
    ],
    summarize: ({ pattern, path: start }) => (start === undefined ? pattern : `${pattern} in ${start}`),
    run: (call, context) => runGrep(options, call, context),
  });
}

async function runGrep(
  options: FileToolOptions,
  call: z.infer<typeof input>,
  context: ToolContext,
): Promise<ToolOutcome> {
  const compiled = await compileLinePattern(call.pattern);
  if (compiled.kind === 'invalid') return failedOutcome(`Invalid regex: ${compiled.reason}`);
  const filter = nameFilter(call.glob);
  if (filter.kind === 'invalid') return failedOutcome(`Invalid glob: ${filter.reason}`);
  const scope = pathScope(context);
  const decision = await options.guard.check(call.path ?? '.', 'read', scope);
  if (!decision.allowed) return deniedOutcome(decision);
  const display = await createPathDisplay(scope.baseDir);
  const place = { scope, signal: context.signal };
  const matches: string[] = [];
  try {
    for await (const file of candidateFiles(options, decision.realPath, filter.test, place)) {
      for await (const hit of matchesIn(file, compiled.matches, context.signal)) {
        if (matches.length === MAX_MATCHES)
          return { content: `${matches.join('\n')}\n... (results truncated)` };
        matches.push(`${display(file)}:${hit.lineNumber}: ${hit.line}`);
      }
    }
  } catch (error) {
    context.signal.throwIfAborted();
    return failedOutcome(`Failed to search: ${describeFileError(error)}`);
  }
  return { content: matches.length === 0 ? 'No matches found.' : matches.join('\n') };
}

type CompiledFilter =
  | { readonly kind: 'compiled'; readonly test: NameFilter }
  | { readonly kind: 'invalid'; readonly reason: string };

/** A pattern without `/` is compared with the file's name, another one with its path below the start. */
function nameFilter(glob: string | undefined): CompiledFilter {
  if (glob === undefined) return { kind: 'compiled', test: () => true };
  const compiled = compileGlob(glob.includes('/') ? `**/${glob.replace(/^\.?\//, '')}` : glob);
  if (compiled.kind === 'invalid') return compiled;
  const subject = glob.includes('/') ? (file: string) => file : (file: string) => path.posix.basename(file);
  return { kind: 'compiled', test: (relativePath) => compiled.matches(subject(relativePath)) };
}

/** The start itself when it is a file, else the files below it, hidden and bulky directories left out. */
async function* candidateFiles(
  options: FileToolOptions,
  start: string,
  filter: NameFilter,
  { scope, signal }: { readonly scope: PathScope; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  if (!(await stat(start)).isDirectory()) {
    yield start;
    return;
  }
  const isHidden = await options.guard.hiddenFrom(scope);
  const walk = walkTree({
    root: start,
    signal,
    depth: undefined,
    maxEntries: MAX_ENTRIES,
    skip: (name, absolutePath) =>
      name.startsWith('.') || SKIPPED_DIRECTORIES.has(name) || isHidden(absolutePath),
  });
  let files = 0;
  for await (const entry of walk.entries) {
    if (entry.kind !== 'file' || !filter(entry.relativePath)) continue;
    if (files === MAX_FILES) return;
    files += 1;
    yield entry.absolutePath;
  }
}

interface Hit {
  readonly lineNumber: number;
  readonly line: string;
}

async function* matchesIn(
  file: string,
  matches: LinePattern['matches'],
  signal: AbortSignal,
): AsyncGenerator<Hit> {
  const text = await readSearchable(file);
  if (text === undefined) return;
  let lineNumber = 0;
  let sliceStart = monotonicMs();
  for (const rawLine of text.split('\n')) {
    lineNumber += 1;
    if (monotonicMs() - sliceStart > SLICE_MS) {
      await setImmediate();
      signal.throwIfAborted();
      sliceStart = monotonicMs();
    }
    const line = rawLine.endsWith('\r') ? rawLine.slice(0, -1) : rawLine;
    if (!matches(line)) continue;
    const shown = line.length <= MAX_SHOWN_LINE ? line : `${line.slice(0, MAX_SHOWN_LINE).toWellFormed()}…`;
    yield { lineNumber, line: shown };
  }
}

/** The file's text; `undefined` for what is not searched: binary, too large, unreadable or no longer a plain file. */
async function readSearchable(file: string): Promise<string | undefined> {
  try {
    const opened = await openVerified(file, file);
    if (!opened.allowed) return undefined;
    try {
      if (opened.stats.size > MAX_FILE_BYTES) return undefined;
      return decodeText(await opened.handle.readFile());
    } finally {
      await opened.handle.close();
    }
  } catch {
    return undefined; // unreadable files are skipped
  }
}
