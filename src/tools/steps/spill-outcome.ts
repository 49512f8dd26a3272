/**
 * Replaces a long result by its head, a marker naming the artifact that holds all of it, and its tail (tools §12.2).
 */
import { codePointLength, sliceCodePoints } from '../../core/text.ts';
import type { ArtifactStore } from '../artifact-store.ts';
import type { ToolLimits } from '../limits.ts';

interface SpilledContent {
  readonly content: string;
  readonly artifactId: string;
}

/** Whether `content` is long enough, and shortening it would hide something. */
export function needsSpill(content: string, limits: ToolLimits): boolean {
  const threshold = limits.truncationThresholdChars;
  if (threshold <= 0 || content.length <= threshold) return false;
  const total = codePointLength(content);
  return total > threshold && limits.truncationHeadChars + limits.truncationTailChars < total;
}

/** Stores the content, then shortens it. Rejects with the store's error; the caller then sends the whole content. */
export async function spillContent(
  content: string,
  toolName: string,
  chatId: number,
  store: ArtifactStore,
  limits: ToolLimits,
): Promise<SpilledContent> {
  const artifactId = await store.save(chatId, toolName, content);
  const total = codePointLength(content);
  const { truncationHeadChars: head, truncationTailChars: tail } = limits;
  const hidden = total - head - tail;
  const marker = `[... ${hidden} of ${total} characters hidden; read them with fetch_artifact, artifact_id ${artifactId}, offset ${head} ...]`;
  return {
    artifactId,
    content: `${sliceCodePoints(content, 0, head)}\n\n${marker}\n\n${sliceCodePoints(content, total - tail, tail)}`,
  };
}
