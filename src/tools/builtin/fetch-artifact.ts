/** `fetch_artifact`: a slice of a tool result that was too long to show (tools §12.2). Offsets are code points. */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import { codePointLength, sliceCodePoints } from '../../core/text.ts';
import type { ArtifactStore } from '../artifact-store.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutcome } from '../tool.ts';

const DEFAULT_LENGTH = 4000;
const MAX_LENGTH = 16_000;

const input = lazyObject(() => ({
  artifact_id: z.string(),
  offset: z.number().int().optional().describe('Characters to skip'),
  length: z.number().int().optional().describe(`Default ${DEFAULT_LENGTH}, at most ${MAX_LENGTH}`),
}));

export interface FetchArtifactOptions {
  readonly artifacts: ArtifactStore;
  /** Whether results of a tool hold text of strangers; a slice of them does too. */
  readonly readsUntrusted: (toolName: string) => boolean;
}

export function createFetchArtifactTool(options: FetchArtifactOptions): Tool {
  return defineTool({
    name: 'fetch_artifact',
    description: 'Read part of a long tool result by the artifact id its shortened form names.',
    input,
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    neverSpill: true,
    async boundaries({ artifact_id }, place) {
      const artifact = await options.artifacts.find(artifact_id);
      const reason = artifact && foreignArtifact(artifact.chatId, place);
      return reason === undefined ? [] : [{ step: 'chat_access', rule: FOREIGN_RULE, refused: true, reason }];
    },
    summarize: ({ artifact_id }) => artifact_id,
    run: (call, context) => fetchArtifact(options, call, context),
  });
}

/** The name of the rule in refusals, audit entries and explanations. */
const FOREIGN_RULE = 'control_chat_ids';

function foreignArtifact(
  ownerId: number,
  { chat, isControlChat }: Pick<ToolContext, 'chat' | 'isControlChat'>,
): string | undefined {
  if (ownerId === chat.chatId || isControlChat) return undefined;
  return (
    `Permission denied: chat ${chat.chatId} cannot operate on chat ${ownerId}. Only chats listed in ` +
    'control_chat_ids may read artifacts of other chats.'
  );
}

async function fetchArtifact(
  { artifacts, readsUntrusted }: FetchArtifactOptions,
  call: z.infer<typeof input>,
  context: ToolContext,
): Promise<ToolOutcome> {
  const artifact = await artifacts.find(call.artifact_id);
  if (artifact === undefined) {
    return failure(`Artifact \`${call.artifact_id}\` not found or expired.`, 'artifact_missing');
  }
  const foreign = foreignArtifact(artifact.chatId, context);
  if (foreign !== undefined) return { ...failure(foreign, 'forbidden'), rule: FOREIGN_RULE };
  const offset = Math.max(0, call.offset ?? 0);
  const length = Math.min(Math.max(1, call.length ?? DEFAULT_LENGTH), MAX_LENGTH);
  const slice = sliceCodePoints(artifact.content, offset, length);
  const returned = codePointLength(slice);
  const header = [
    `artifact_id: ${artifact.artifactId}`,
    `tool: ${artifact.toolName}`,
    `total_chars: ${artifact.totalChars}`,
    `offset: ${offset}`,
    `returned: ${returned}`,
    `has_more: ${offset + returned < artifact.totalChars}`,
  ];
  const body = slice === '' ? '(no content in this range)' : slice;
  const content = `${header.join('\n')}\n---\n${body}`;
  if (!readsUntrusted(artifact.toolName)) return { content };
  return { content, untrustedSource: `a result of ${artifact.toolName} (${artifact.artifactId})` };
}

function failure(content: string, errorType: string): ToolOutcome {
  return { content, isError: true, errorType };
}
