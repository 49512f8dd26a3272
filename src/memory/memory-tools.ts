/**
 * `read_memory` and `write_memory` (tools §3.1, §4.1).
 *
 * `write_memory` adds by default, so that a model that remembers one more fact loses none; `mode: replace` rewrites
 * the file and keeps the previous version beside it. Expired entries (`ttl_days`) are left out when memory is read and
 * removed with the next write.
 *
 * Invariants: global memory is written from control chats only; bot memory too, once control chats are configured.
 */
import { z } from 'zod';
import { errorMessage } from '../core/errors.ts';
import { lazy } from '../core/lazy.ts';
import { lazyObject } from '../core/lazy-object.ts';
import { ellipsize } from '../core/text.ts';
import { type ChatDirectory, targetChat } from '../tools/chat-files/target-chat.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutcome } from '../tools/tool.ts';
import { memoryErrors } from './errors.ts';
import { MEMORY_SCOPES, type MemoryFiles, type MemoryScope } from './memory-files.ts';

export interface MemoryToolsOptions {
  readonly files: MemoryFiles;
  readonly chats: ChatDirectory;
  /** Whether `control_chat_ids` names any chat. */
  readonly hasControlChats: boolean;
}

const scope = lazy(() =>
  z.enum(MEMORY_SCOPES).describe('chat: this conversation; bot: every chat of this channel; global: all'),
);

export function createMemoryTools(options: MemoryToolsOptions): readonly Tool[] {
  return [readMemoryTool(options), writeMemoryTool(options)];
}

function readMemoryTool({ files, chats }: MemoryToolsOptions): Tool {
  return defineTool({
    name: 'read_memory',
    description:
      'Read a memory file as it is stored. What is in force is already in the prompt under # Memories.',
    input: lazyObject(() => ({ scope: scope(), chat_id: z.number().int().optional() })),
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    idempotent: true,
    summarize: (input) => input.scope,
    async run(input, context) {
      const target = await targetChat(input.chat_id, context, chats);
      if (target.kind === 'unknown') return target.outcome;
      const text = await files.read(input.scope, target.chat);
      if (text === undefined) return { content: 'No memory file found (not yet created).' };
      return { content: text.trim() === '' ? 'Memory file is empty.' : text.trimEnd() };
    },
  });
}

const writeInput = lazyObject(() => ({
  scope: scope(),
  content: z.string(),
  mode: z
    .enum(['append', 'replace'])
    .optional()
    .describe('append (default) adds an entry; replace rewrites the whole file'),
  chat_id: z.number().int().optional(),
  ttl_days: z.number().positive().max(3650).optional().describe('Forget after so many days'),
}));

function writeMemoryTool(options: MemoryToolsOptions): Tool {
  return defineTool({
    name: 'write_memory',
    description: 'Remember a lasting fact or preference. One short sentence per fact; never secrets.',
    input: writeInput,
    risk: 'medium',
    concurrency: 'side_effect',
    defaultTimeoutSecs: 30,
    boundaries: async ({ scope }, { chat, isControlChat }) =>
      mayWrite(scope, isControlChat, options.hasControlChats)
        ? []
        : [{ step: 'chat_access', rule: SCOPE_RULE, refused: true, reason: deniedScope(chat.chatId, scope) }],
    summarize: (input) => ellipsize(`${input.scope}: ${input.content.replace(/\s+/g, ' ')}`, 80),
    run: (input, context) => writeMemory(options, input, context),
  });
}

async function writeMemory(
  { files, chats, hasControlChats }: MemoryToolsOptions,
  input: z.infer<typeof writeInput>,
  context: ToolContext,
): Promise<ToolOutcome> {
  if (!mayWrite(input.scope, context.isControlChat, hasControlChats)) {
    const content = deniedScope(context.chat.chatId, input.scope);
    return { content, isError: true, errorType: 'forbidden', rule: SCOPE_RULE };
  }
  if (input.mode !== 'replace' && input.content.trim() === '') {
    return { content: 'Nothing to remember: content is blank.', isError: true, errorType: 'tool_error' };
  }
  const target = await targetChat(input.chat_id, context, chats);
  if (target.kind === 'unknown') return target.outcome;
  const addition = { content: input.content, ttlDays: input.ttl_days };
  try {
    await files.write(input.scope, target.chat, input.mode ?? 'append', addition);
  } catch (error) {
    if (!memoryErrors.is(error, 'TOO_LARGE')) throw error;
    return { content: `${errorMessage(error)} ${error.hint}`, isError: true, errorType: 'tool_error' };
  }
  const expiry = input.ttl_days === undefined ? '' : ` (expires in ${input.ttl_days} day(s))`;
  return { content: `Memory saved to ${input.scope} scope.${expiry}` };
}

/** The name of the rule in refusals, audit entries and explanations. */
const SCOPE_RULE = 'write_memory_scope';

function deniedScope(chatId: number, scope: MemoryScope): string {
  return `Permission denied: chat ${chatId} cannot write ${scope} memory`;
}

function mayWrite(target: MemoryScope, isControlChat: boolean, hasControlChats: boolean): boolean {
  switch (target) {
    case 'global':
      return isControlChat;
    case 'bot':
      return isControlChat || !hasControlChats;
    case 'chat':
      return true;
    default:
      return target satisfies never;
  }
}
