/** Which chats have messages that the operator has not seen in this browser. */
import { useSyncExternalStore } from 'react';
import { readSaved, type ValueStorage, writeSaved } from './saved-value.ts';

/** What the server tells of a chat, as far as it matters here. */
interface ListedChat {
  readonly session_key: string;
  /** RFC 3339 UTC. */
  readonly last_message_time: string;
}

/** Session key → time of the newest message seen; `*` is the first visit, before which all counts as seen. */
type SeenTimes = Readonly<Record<string, string>>;

const SHAPE = { key: 'microclaw_seen', version: 1 } as const;
const FIRST_VISIT = '*';

export class SeenMessages {
  readonly #storage: ValueStorage;
  readonly #listeners = new Set<() => void>();
  #times: SeenTimes;

  constructor(storage: ValueStorage, now: Date) {
    this.#storage = storage;
    this.#times = readSaved<SeenTimes>(storage, SHAPE) ?? { [FIRST_VISIT]: now.toISOString() };
    writeSaved(storage, SHAPE, this.#times);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The same object until something was seen. */
  readonly times = (): SeenTimes => this.#times;

  /** The operator looks at the chat now. */
  markSeen(item: ListedChat): void {
    if (this.#times[item.session_key] === item.last_message_time) return;
    this.#times = { ...this.#times, [item.session_key]: item.last_message_time };
    writeSaved(this.#storage, SHAPE, this.#times);
    for (const listener of this.#listeners) listener();
  }
}

/** Times are RFC 3339 in UTC with the same number of digits, so they compare as text. */
export function isUnread(item: ListedChat, times: SeenTimes): boolean {
  const seen = times[item.session_key] ?? times[FIRST_VISIT] ?? '';
  return item.last_message_time > seen;
}

/** Redraws when something was seen. */
export function useSeenTimes(seen: SeenMessages): SeenTimes {
  return useSyncExternalStore(seen.subscribe, seen.times);
}
