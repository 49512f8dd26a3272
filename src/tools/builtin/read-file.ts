/** `read_file`: numbered lines of a text file (tools §4.1, §6). */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { deniedOutcome, type FileToolOptions, failedOutcome, pathScope } from '../files/file-tool-options.ts';
import { pathBoundary } from '../files/path-boundary.ts';
import { readTextFile } from '../files/text-file.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutcome } from '../tool.ts';

const DEFAULT_LIMIT = 2000;
const MAX_LINE_CHARS = 2000;

const input = lazyObject(() => ({
  path: z.string(),
  offset: z.number().int().optional().describe('First line, from 1'),
  limit: z.number().int().optional().describe(`Lines, default ${DEFAULT_LIMIT}`),
}));

type ReadFileInput = z.infer<typeof input>;

export function createReadFileTool(options: FileToolOptions): Tool {
  return defineTool({
    name: 'read_file',
    description: 'Read a text file as numbered lines. Relative paths start in the working directory.',
    input,
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    idempotent: true,
    boundaries: async ({ path: requested }, place) => [
      await pathBoundary(options.guard, requested, 'read', pathScope(place)),
    ],
    summarize: ({ path }) => path,
    run: (call, context) => readFile(options, call, context),
  });
}

async function readFile(
  options: FileToolOptions,
  call: ReadFileInput,
  context: ToolContext,
): Promise<ToolOutcome> {
  const file = await readTextFile(options.guard, call.path, pathScope(context), context.signal);
  if (file.kind === 'denied') return deniedOutcome(file.refusal);
  if (file.kind === 'failed') return failedOutcome(`Failed to read file: ${file.reason}`);
  return { content: formatLines(file.text, call.offset ?? 1, call.limit ?? DEFAULT_LIMIT) };
}

/**
 * Lines `[offset, offset + limit)` as `%6d<TAB>text`, counted from 1; values below 1 count as 1. Nothing when the
 * offset is beyond the end. When lines after the last one shown exist, a closing line tells the total.
 */
export function formatLines(text: string, offset: number, limit: number): string {
  const lines = splitLines(text);
  const first = Math.max(1, offset);
  const shown = lines.slice(first - 1, first - 1 + Math.max(1, limit));
  const numbered = shown.map((line, index) => `${String(first + index).padStart(6)}\t${shorten(line)}`);
  const last = first + shown.length - 1;
  if (shown.length > 0 && last < lines.length) {
    numbered.push(`... (lines ${first}-${last} of ${lines.length}; continue with offset ${last + 1})`);
  }
  return numbered.join('\n');
}

/** Lines without their ends; a final line end does not begin another line. */
function splitLines(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function shorten(line: string): string {
  if (line.length <= MAX_LINE_CHARS) return line;
  return `${line.slice(0, MAX_LINE_CHARS).toWellFormed()}… (line of ${line.length} characters cut)`;
}
