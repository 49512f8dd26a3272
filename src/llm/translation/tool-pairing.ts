/**
 * Makes every tool call meet its result, which all providers insist on. Stored sessions can break the rule at the
 * edges: a stop between calls, a compaction cut, a fork point.
 */
import type { ContentBlock, Message } from '../message.ts';

function resultIds(message: Message | undefined): ReadonlySet<string> {
  if (message?.role !== 'user') return new Set();
  return new Set(
    message.content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : [])),
  );
}

function callIds(message: Message | undefined): ReadonlySet<string> {
  if (message?.role !== 'assistant') return new Set();
  return new Set(message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])));
}

/** Consecutive user messages become one: results may be stored one by one, but belong together on the wire. */
function joinUserRuns(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const previous = joined.at(-1);
    if (message.role === 'user' && previous?.role === 'user') {
      joined[joined.length - 1] = { role: 'user', content: [...previous.content, ...message.content] };
    } else {
      joined.push(message);
    }
  }
  return joined;
}

/**
 * The messages without calls that the user side does not answer next, without results that the assistant did not just
 * ask for, and without messages that are empty then. Resolved siblings of an unresolved call stay.
 */
export function pairToolMessages(messages: readonly Message[]): readonly Message[] {
  const joined = joinUserRuns(messages);
  return joined.flatMap((message, index) => {
    const answered = resultIds(joined[index + 1]);
    const asked = callIds(joined[index - 1]);
    const kept = message.content.filter((block) => keepsPair(block, answered, asked));
    if (kept.every((block) => block.type === 'thinking')) return [];
    return [kept.length === message.content.length ? message : { role: message.role, content: kept }];
  });
}

function keepsPair(block: ContentBlock, answered: ReadonlySet<string>, asked: ReadonlySet<string>): boolean {
  if (block.type === 'tool_use') return answered.has(block.id);
  if (block.type === 'tool_result') return asked.has(block.tool_use_id);
  return true;
}
