/**
 * Where a conversation stands, read from its messages: the newest request, and the results of the calls made for it.
 *
 * Text of people arrives as `<user_message sender="…">escaped</user_message>`; notes of the runtime are not requests.
 */
import type { JsonObject } from '../../../core/json.ts';
import type { ContentBlock, Message } from '../../message.ts';

export interface AnsweredCall {
  readonly name: string;
  readonly input: JsonObject;
  readonly content: string;
  readonly isError: boolean;
}

export interface ConversationState {
  /** What the person asked last; `undefined` when nobody asked anything. */
  readonly request: string | undefined;
  /** Calls that were answered since the request, in rounds; empty before the first. */
  readonly rounds: readonly (readonly AnsweredCall[])[];
  /** Requests that arrived beside the results of the last round. */
  readonly followUps: readonly string[];
}

export function readConversation(messages: readonly Message[]): ConversationState {
  const index = messages.findLastIndex((message) => requestsIn(message).length > 0);
  const opening = messages[index];
  const rounds = messages.slice(index + 1).flatMap((message) => {
    const answered = answeredCalls(message, messages);
    return answered.length === 0 ? [] : [answered];
  });
  const last = messages.findLast((message) => hasResults(message));
  const isLastRoundNewest = rounds.length > 0 && last !== undefined;
  return {
    request: opening === undefined ? undefined : requestsIn(opening).at(-1),
    rounds,
    followUps: isLastRoundNewest ? followUpsIn(last) : [],
  };
}

/** Text of people in a message. Unmarked text counts when the message holds nothing else and is no runtime note. */
function requestsIn(message: Message): readonly string[] {
  if (message.role !== 'user' || hasResults(message)) return [];
  const text = joinText(message.content);
  const marked = textsOfPeople(text);
  if (marked.length > 0) return marked;
  return text.trim() === '' || /^\s*(?:\[|<)/.test(text) ? [] : [text];
}

/** Messages that the runtime took into the running turn: one marked text per line, after its time. */
function followUpsIn(message: Message): readonly string[] {
  const notice = /<system_notice type="mid_turn_user_message">\n([\s\S]*?)\n<\/system_notice>/.exec(
    joinText(message.content),
  );
  return textsOfPeople(notice?.[1] ?? '')
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function textsOfPeople(text: string): readonly string[] {
  const marked = text.matchAll(/<user_message[^>]*>([\s\S]*?)<\/user_message>/g);
  return [...marked].map((match) => unescapeXml(match[1] ?? ''));
}

function answeredCalls(message: Message, messages: readonly Message[]): readonly AnsweredCall[] {
  return message.content.flatMap((block) => {
    if (block.type !== 'tool_result') return [];
    const call = findCall(messages, block.tool_use_id);
    const base = { content: block.content, isError: block.is_error === true };
    return [{ name: call?.name ?? 'tool', input: call?.input ?? {}, ...base }];
  });
}

function findCall(messages: readonly Message[], id: string) {
  for (const message of messages.toReversed()) {
    for (const block of message.content) if (block.type === 'tool_use' && block.id === id) return block;
  }
  return undefined;
}

function hasResults(message: Message): boolean {
  return message.content.some((block) => block.type === 'tool_result');
}

function joinText(content: readonly ContentBlock[]): string {
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };

function unescapeXml(text: string): string {
  return text.replace(/&(?:lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
