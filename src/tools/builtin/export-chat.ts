/**
 * `export_chat`: writes a chat's transcript to a Markdown file.
 *
 * Invariants: never overwrites a file; a path from the model leads below the chat's directories or the exports
 * directory, for control chats too; a failed export leaves no part of a file.
 */
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Clock, formatTimestamp } from '../../core/clock.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import type { PathGuard } from '../../security/path-guard/path-guard.ts';
import { deniedOutcome, describeFileError, failedOutcome } from '../files/file-tool-options.ts';
import { pathBoundary } from '../files/path-boundary.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutcome } from '../tool.ts';
import { renderHeader, renderMessage, type TranscriptSource } from '../transcript/render-transcript.ts';
import { chatIdSegment } from '../workspace.ts';

export interface ExportChatOptions {
  readonly transcripts: TranscriptSource;
  readonly guard: PathGuard;
  /** `<data_dir>/exports`; created when missing. */
  readonly exportsDir: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Text of an export to a path of the model's choice, which is written in one piece. UTF-16 units. */
const MAX_BUFFERED_CHARS = 32 * 1_048_576;

const input = lazyObject(() => ({
  chat_id: z.number().int().optional(),
  path: z.string().optional().describe('New file; default: a file in the exports directory'),
}));

export function createExportChatTool(options: ExportChatOptions): Tool {
  return defineTool({
    name: 'export_chat',
    description: 'Write the transcript of this chat to a Markdown file.',
    input,
    risk: 'medium',
    concurrency: 'side_effect',
    defaultTimeoutSecs: 120,
    boundaries: async ({ path: requested }, place) =>
      requested === undefined
        ? []
        : [await pathBoundary(options.guard, requested, 'write', exportScope(options, place))],
    summarize: (call) => call.path ?? '',
    async run(call, context) {
      const chatId = call.chat_id ?? context.chat.chatId;
      try {
        return call.path === undefined
          ? await exportToDefault(options, chatId, context)
          : await exportToPath(options, chatId, call.path, context);
      } catch (error) {
        context.signal.throwIfAborted();
        return failedOutcome(`Failed to export chat: ${describeFileError(error)}`);
      }
    },
  });
}

/** Streams to a name made of the chat and the time; a number is added while the name is taken. */
async function exportToDefault(
  options: ExportChatOptions,
  chatId: number,
  context: ToolContext,
): Promise<ToolOutcome> {
  await mkdir(options.exportsDir, { recursive: true, mode: 0o700 });
  const { file, handle } = await createUnique(options, chatId);
  let count = 0;
  try {
    for await (const text of transcriptText(options, chatId, context.signal)) {
      await handle.write(text);
      count += 1;
    }
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  if (count > 0) return exported(count, file);
  await rm(file, { force: true });
  return nothingToExport(chatId);
}

async function createUnique(options: ExportChatOptions, chatId: number) {
  const stamp = formatTimestamp(options.clock.now()).replace(/[-:]/g, '').replace('T', '_').slice(0, 15);
  for (let attempt = 1; ; attempt += 1) {
    const suffix = attempt === 1 ? '' : `-${attempt}`;
    const file = path.join(options.exportsDir, `${chatIdSegment(chatId)}_${stamp}${suffix}.md`);
    try {
      return { file, handle: await open(file, 'wx', 0o600) };
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!isTaken || attempt === 100) throw error;
    }
  }
}

/** A control chat has no further reach here. */
function exportScope({ exportsDir }: ExportChatOptions, { workspace }: Pick<ToolContext, 'workspace'>) {
  return { baseDir: workspace.baseDir, isControlChat: false, extraRoots: [exportsDir] };
}

async function exportToPath(
  options: ExportChatOptions,
  chatId: number,
  requested: string,
  context: ToolContext,
): Promise<ToolOutcome> {
  const scope = exportScope(options, context);
  const decision = await options.guard.check(requested, 'write', scope);
  if (!decision.allowed) return deniedOutcome(decision);
  const parts: string[] = [];
  let size = 0;
  for await (const text of transcriptText(options, chatId, context.signal)) {
    parts.push(text);
    size += text.length;
    if (size > MAX_BUFFERED_CHARS) return failedOutcome('The chat is too long for this; omit path.');
  }
  if (parts.length === 0) return nothingToExport(chatId);
  const written = await options.guard.write(requested, parts.join(''), 'create', scope);
  return written.allowed ? exported(parts.length, written.realPath) : deniedOutcome(written);
}

/** One piece per message; the first one carries the header. */
async function* transcriptText(
  options: ExportChatOptions,
  chatId: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let header = renderHeader(chatId, options.clock.now());
  for await (const page of options.transcripts.all(chatId)) {
    for (const message of page) {
      signal.throwIfAborted();
      yield header + renderMessage(message);
      header = '';
    }
  }
}

function exported(count: number, file: string): ToolOutcome {
  return { content: `Exported ${count} messages to ${file}`, metadata: { path: file, messages: count } };
}

function nothingToExport(chatId: number): ToolOutcome {
  return failedOutcome(`No messages found for chat ${chatId}.`);
}
