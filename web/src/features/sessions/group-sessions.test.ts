import { describe, expect, it } from 'vitest';
import type { SessionItem } from '../../api/types.ts';
import { groupSessions, searchSessions, titleOf, titleOfKey } from './group-sessions.ts';

const NOW = new Date(2026, 2, 10, 12);

function session(key: string, fields: Partial<SessionItem> = {}): SessionItem {
  return {
    session_key: key,
    label: key,
    chat_id: 1,
    chat_type: 'web',
    last_message_time: NOW.toISOString(),
    last_message_preview: null,
    created_at: NOW.toISOString(),
    active_run_id: null,
    waiting_approval: false,
    plan_mode: false,
    plan_ready: false,
    ...fields,
  };
}

const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString();

describe('groupSessions', () => {
  it('groups the chats of the console by day and puts other channels after them', () => {
    const groups = groupSessions(
      [
        session('main'),
        session('chat:5', { chat_type: 'telegram' }),
        session('old', { last_message_time: daysAgo(1) }),
        session('week', { last_message_time: daysAgo(4) }),
        session('month', { last_message_time: daysAgo(20) }),
        session('ancient', { last_message_time: daysAgo(400) }),
      ],
      NOW,
    );
    expect(groups.map((group) => [group.title, group.items.map((item) => item.session_key)])).toEqual([
      ['Today', ['main']],
      ['Yesterday', ['old']],
      ['This week', ['week']],
      ['This month', ['month']],
      ['Earlier', ['ancient']],
      ['Telegram', ['chat:5']],
    ]);
  });

  it('does not lose a chat with an unreadable time', () => {
    expect(groupSessions([session('x', { last_message_time: '' })], NOW)[0]?.title).toBe('Earlier');
  });
});

describe('searchSessions', () => {
  it('finds chats that have every word in name, key or newest message, whatever the case', () => {
    const items = [session('main', { last_message_preview: 'Disk is FULL' }), session('ops')];
    expect(searchSessions(items, 'disk full')).toHaveLength(1);
    expect(searchSessions(items, 'disk empty')).toHaveLength(0);
    expect(searchSessions(items, '  ')).toHaveLength(2);
  });
});

describe('titleOf', () => {
  it('shows the label, and a generated key as the time it was made', () => {
    expect(titleOf({ session_key: 'k', label: 'Trip' })).toBe('Trip');
    expect(titleOf({ session_key: 'k', label: ' ' })).toBe('k');
    expect(titleOfKey('session-20260310101500')).toMatch(/^Chat of /);
    expect(titleOfKey('session-notes')).toBe('session-notes');
  });
});
