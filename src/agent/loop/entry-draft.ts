/** An entry of a session before it is stored. */
import type { ContentBlock } from '../../llm/message.ts';
import type { NewEntry } from '../../storage/repositories/turn-repository.ts';

export interface EntryDraft {
  readonly role: NewEntry['role'];
  readonly kind: NewEntry['kind'];
  readonly content: readonly ContentBlock[];
}

/** The entry as the database takes it. */
export function toNewEntry(entry: EntryDraft): NewEntry {
  return { role: entry.role, kind: entry.kind, contentJson: JSON.stringify(entry.content) };
}
