import { describe, expect, it, vi } from 'vitest';
import { memoryStorage } from '../testing/fake-stream.ts';
import { isUnread, SeenMessages } from './seen-messages.ts';

const VISIT = new Date('2026-03-01T10:00:00.000Z');
const item = (time: string) => ({ session_key: 'main', last_message_time: time });

describe('SeenMessages', () => {
  it('counts everything before the first visit as seen', () => {
    const seen = new SeenMessages(memoryStorage(), VISIT);
    expect(isUnread(item('2026-03-01T09:59:59.999Z'), seen.times())).toBe(false);
    expect(isUnread(item('2026-03-01T10:00:00.001Z'), seen.times())).toBe(true);
  });

  it('remembers what was looked at, over a reload too', () => {
    const storage = memoryStorage();
    const seen = new SeenMessages(storage, VISIT);
    seen.markSeen(item('2026-03-02T00:00:00.000Z'));
    const later = new SeenMessages(storage, new Date('2026-04-01T00:00:00.000Z'));
    expect(isUnread(item('2026-03-02T00:00:00.000Z'), later.times())).toBe(false);
    expect(isUnread(item('2026-03-02T00:00:00.001Z'), later.times())).toBe(true);
  });

  it('tells its listeners once per change', () => {
    const seen = new SeenMessages(memoryStorage(), VISIT);
    const listener = vi.fn();
    seen.subscribe(listener);
    seen.markSeen(item('2026-03-02T00:00:00.000Z'));
    seen.markSeen(item('2026-03-02T00:00:00.000Z'));
    expect(listener).toHaveBeenCalledOnce();
  });
});
