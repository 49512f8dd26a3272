/** `edit_file`: replaces text that must occur once, found exactly or tolerantly (tools §6). */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { applyEdit } from '../files/edit/apply-edit.ts';
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

const input = lazyObject(() => ({
  path: z.string(),
  old_string: z.string().describe('Text to replace; must occur once'),
  new_string: z.string(),
  replace_all: z.boolean().optional().describe('Replace every occurrence'),
}));

type EditFileInput = z.infer<typeof input>;

export function createEditFileTool(options: FileToolOptions): Tool {
  return defineTool({
    name: 'edit_file',
    description:
      'Replace a piece of a text file. Read the file first and copy old_string without line numbers.',
    input,
    risk: 'medium',
    concurrency: 'side_effect',
    defaultTimeoutSecs: 30,
    boundaries: async ({ path: requested }, place) => [
      await pathBoundary(options.guard, requested, 'write', pathScope(place)),
    ],
    summarize: ({ path }) => path,
    run: (call, context) => editFile(options, call, context),
  });
}

async function editFile(
  options: FileToolOptions,
  call: EditFileInput,
  context: ToolContext,
): Promise<ToolOutcome> {
  const scope = pathScope(context);
  const file = await readTextFile(options.guard, call.path, scope, context.signal);
  if (file.kind === 'denied') return deniedOutcome(file.refusal);
  if (file.kind === 'failed') return failedOutcome(`Failed to read file: ${file.reason}`);
  const edit = applyEdit({
    content: file.text,
    oldString: call.old_string,
    newString: call.new_string,
    replaceAll: call.replace_all === true,
  });
  if (edit.kind === 'failed') return failedOutcome(edit.message);
  try {
    const written = await options.guard.write(call.path, edit.content, 'replace', scope);
    if (!written.allowed) return deniedOutcome(written);
  } catch (error) {
    return failedOutcome(`Failed to write file: ${describeFileError(error)}`);
  }
  const diff = createFileDiff(call.path, file.text, edit.content, options.diffMaxLines);
  const notes = [
    edit.count > 1 ? `Replaced ${edit.count} occurrences.` : undefined,
    edit.strategy === 'exact'
      ? undefined
      : `Note: old_string was not found exactly; matched via ${edit.strategy}.`,
  ].filter((note) => note !== undefined);
  const headline = `Successfully edited ${call.path}${diffStats(diff)}`;
  return { content: [headline, ...notes].join('\n'), ...diffMetadata(diff) };
}
