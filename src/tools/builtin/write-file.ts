/** `write_file`: creates or replaces a text file at once, parents included (tools §4.1, §6). */
import path from 'node:path';
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { createFileDiff, diffMetadata, diffStats } from '../files/file-diff.ts';
import {
  deniedOutcome,
  describeFileError,
  type FileToolOptions,
  failedOutcome,
  pathScope,
} from '../files/file-tool-options.ts';
import { pathBoundary } from '../files/path-boundary.ts';
import { readTextFile } from '../files/text-file.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutcome } from '../tool.ts';

const input = lazyObject(() => ({ path: z.string(), content: z.string() }));

type WriteFileInput = z.infer<typeof input>;

export function createWriteFileTool(options: FileToolOptions): Tool {
  return defineTool({
    name: 'write_file',
    description: 'Create or overwrite a text file; missing directories are created.',
    input,
    risk: 'medium',
    concurrency: 'side_effect',
    defaultTimeoutSecs: 30,
    boundaries: async ({ path: requested }, place) => [
      await pathBoundary(options.guard, requested, 'write', pathScope(place)),
    ],
    summarize: (call) => call.path,
    run: (call, context) => writeFile(options, call, context),
  });
}

async function writeFile(
  options: FileToolOptions,
  call: WriteFileInput,
  context: ToolContext,
): Promise<ToolOutcome> {
  const scope = pathScope(context);
  const misplaced = misplacedSkill(path.resolve(scope.baseDir, call.path));
  if (misplaced !== undefined) return failedOutcome(misplaced);
  const before = await readTextFile(options.guard, call.path, scope, context.signal);
  if (before.kind === 'denied') return deniedOutcome(before.refusal);
  try {
    const written = await options.guard.write(call.path, call.content, 'replace', scope);
    if (!written.allowed) return deniedOutcome(written);
  } catch (error) {
    return failedOutcome(`Failed to write file: ${describeFileError(error)}`);
  }
  // What was there and is not text (binary, too large) cannot be compared: the counts are of the new file.
  const oldText = before.kind === 'text' ? before.text : '';
  const diff = createFileDiff(call.path, oldText, call.content, options.diffMaxLines);
  return {
    content: `Successfully wrote to ${call.path}${diffStats(diff)}`,
    ...diffMetadata(diff),
  };
}

/** Skills are read from the skills directory only; one written elsewhere would never be found. */
function misplacedSkill(absolutePath: string): string | undefined {
  if (path.basename(absolutePath) !== 'SKILL.md') return undefined;
  const isPlaced = absolutePath.includes('/skills/') && !absolutePath.includes('/runtime/skills/');
  if (isPlaced) return undefined;
  return 'Wrong directory for skills! A SKILL.md belongs in a directory of its own below the skills directory.';
}
