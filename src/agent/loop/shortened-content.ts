/**
 * Shorter copies of what the model was given, for when a conversation does not fit its window and cannot be summarised:
 * the beginning and the end stay, a marker says what is missing. Deterministic; the session itself keeps the whole
 * text.
 */
import type { ContentBlock } from '../../llm/message.ts';

const RESULT_HEAD = 300;
const RESULT_TAIL = 100;
const TEXT_HEAD = 1500;
const TEXT_TAIL = 500;
/** Shortening less than this is not worth a marker. */
const MIN_SAVING = 200;

/** The content with long tool results and long arguments shortened, or `undefined` when there are none. */
export function shortenResults(content: readonly ContentBlock[]): readonly ContentBlock[] | undefined {
  return mapChanged(content, (block) => {
    if (block.type === 'tool_result') {
      const shorter = shortenText(block.content, RESULT_HEAD, RESULT_TAIL);
      return shorter === undefined ? block : { ...block, content: shorter };
    }
    return block.type === 'tool_use' ? shortenInput(block) : block;
  });
}

/** The content with long texts shortened, or `undefined` when there are none. */
export function shortenTexts(content: readonly ContentBlock[]): readonly ContentBlock[] | undefined {
  return mapChanged(content, (block) => {
    const shorter = block.type === 'text' ? shortenText(block.text, TEXT_HEAD, TEXT_TAIL) : undefined;
    return shorter === undefined ? block : { type: 'text', text: shorter };
  });
}

function shortenInput(block: Extract<ContentBlock, { type: 'tool_use' }>): ContentBlock {
  let changed = false;
  const input = Object.fromEntries(
    Object.entries(block.input).map(([key, value]) => {
      const shorter = typeof value === 'string' ? shortenText(value, RESULT_HEAD, RESULT_TAIL) : undefined;
      changed ||= shorter !== undefined;
      return [key, shorter ?? value];
    }),
  );
  return changed ? { ...block, input } : block;
}

function mapChanged(
  content: readonly ContentBlock[],
  change: (block: ContentBlock) => ContentBlock,
): readonly ContentBlock[] | undefined {
  const changed = content.map(change);
  return changed.every((block, index) => block === content[index]) ? undefined : changed;
}

function shortenText(text: string, head: number, tail: number): string | undefined {
  const omitted = text.length - head - tail;
  if (omitted < MIN_SAVING) return undefined;
  const start = text.slice(0, isHighSurrogate(text, head - 1) ? head - 1 : head);
  const tailFrom = text.length - tail;
  const end = text.slice(isHighSurrogate(text, tailFrom - 1) ? tailFrom + 1 : tailFrom);
  return `${start}\n[… ${omitted} characters left out to fit the model's window …]\n${end}`;
}

/** A cut after this position would go through a character. */
function isHighSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}
