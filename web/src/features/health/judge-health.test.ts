import { describe, expect, it } from 'vitest';
import type { Health } from '../../api/types.ts';
import { judgeHealth } from './judge-health.ts';

const health = (components: Health['components']): Health => ({
  ok: true,
  version: '1',
  web_enabled: true,
  components,
});

describe('judgeHealth', () => {
  it('is as bad as the worst part and names that part first', () => {
    const judged = judgeHealth(
      health([
        { name: 'turns', state: 'ok', message: null },
        { name: 'model', state: 'degraded', message: 'breaker open' },
        { name: 'event_loop', state: 'failed', message: 'blocked' },
      ]),
      false,
    );
    expect(judged.level).toBe('failing');
    expect(judged.reasons.map((reason) => `${reason.name}: ${reason.message}`)).toEqual([
      'event loop: blocked',
      'model: breaker open',
      'turns: works',
    ]);
  });

  it('is healthy when every part is, and when the server tells no parts', () => {
    expect(judgeHealth(health([{ name: 'turns', state: 'ok', message: null }]), false).level).toBe('healthy');
    expect(judgeHealth(health(undefined), false).level).toBe('healthy');
  });

  it('tells an unreachable server from one that has not answered yet', () => {
    expect(judgeHealth(undefined, true).level).toBe('unreachable');
    expect(judgeHealth(undefined, false).level).toBe('checking');
  });
});
