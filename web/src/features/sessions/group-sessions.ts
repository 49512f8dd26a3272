/** Order and names of the chat list: chats of this console by day, then one group per other channel. */
import type { SessionItem } from '../../api/types.ts';
import { formatDay } from '../../ui/format.ts';

export interface SessionGroup {
  readonly title: string;
  readonly items: readonly SessionItem[];
}

/** Groups in the order they are drawn; the order of the items is kept. */
export function groupSessions(items: readonly SessionItem[], now: Date): readonly SessionGroup[] {
  const web = items.filter((item) => item.chat_type === 'web');
  const others = items.filter((item) => item.chat_type !== 'web');
  return [
    ...groupBy(web, (item) => dayTitle(new Date(item.last_message_time), now)),
    ...groupBy(others, (item) => channelTitle(item.chat_type)),
  ];
}

/** Items whose name, key or newest message contains every word of the search. */
export function searchSessions(items: readonly SessionItem[], search: string): readonly SessionItem[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const text = `${titleOf(item)} ${item.session_key} ${item.last_message_preview ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The name of a chat; a key made by "New chat" is shown as its date. */
export function titleOf(item: Pick<SessionItem, 'session_key' | 'label'>): string {
  const label = item.label.trim() || item.session_key;
  return titleOfKey(label);
}

/** The name of a chat of which only the key is known. */
export function titleOfKey(key: string): string {
  const parts = /^session-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)\d\d$/.exec(key);
  if (parts === null) return key;
  const [, year, month, day, hour, minute] = parts.map(Number);
  const started = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute));
  const date = started.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
  const time = started.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return `Chat of ${date}, ${time}`;
}

function dayTitle(date: Date, now: Date): string {
  const days = (now.getTime() - date.getTime()) / 86_400_000;
  if (Number.isNaN(days)) return 'Earlier';
  const day = formatDay(date, now);
  if (day === 'Today' || day === 'Yesterday') return day;
  if (days < 7) return 'This week';
  return days < 31 ? 'This month' : 'Earlier';
}

function channelTitle(channel: string): string {
  return channel.charAt(0).toUpperCase() + channel.slice(1);
}

function groupBy(items: readonly SessionItem[], titleFor: (item: SessionItem) => string): SessionGroup[] {
  const groups = new Map<string, SessionItem[]>();
  for (const item of items) {
    const title = titleFor(item);
    groups.set(title, [...(groups.get(title) ?? []), item]);
  }
  return [...groups].map(([title, members]) => ({ title, items: members }));
}
