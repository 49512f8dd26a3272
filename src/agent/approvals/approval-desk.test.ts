import { afterEach, beforeEach, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import { ApprovalDesk } from './approval-desk.ts';
import { ApprovalPresenter } from './approval-presenter.ts';

const HOUR_MS = 3_600_000;

let fixture: StorageFixture;
beforeEach(async () => {
  fixture = await StorageFixture.open();
});
afterEach(() => fixture.dispose());

it('a question whose time went by while the machine slept ends soon after, not when the timers have caught up', async () => {
  const { clock, repositories } = fixture;
  const { chatId } = await fixture.chat('main');
  const slept = Promise.withResolvers<number>();
  const desk = new ApprovalDesk({
    approvals: repositories.approvals,
    audit: async () => {},
    presenter: new ApprovalPresenter(() => 'en'),
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      // The first sleep takes two hours of the wall clock, whatever it was asked for.
      sleep: async (ms) => {
        clock.advance(2 * HOUR_MS);
        slept.resolve(ms);
      },
    },
  });
  const question = {
    approvalId: 'apv_1',
    runId: 'r',
    toolUseId: 'call-1',
    chatId,
    sessionKey: 'main',
    channel: 'web',
    requesterKind: 'operator',
    requesterId: 'ann',
    principal: 'main',
    tool: 'bash',
    risk: 'high',
    inputJson: '{}',
    fingerprint: 'f',
    summary: 'ls',
    cwd: null,
    reasonsJson: '[]',
    expiresAtMs: clock.now() + HOUR_MS,
  } as const;
  const room = {
    asked: () => {},
    askedAgain: () => {},
    resolved: () => {},
    during: <Answer>(wait: () => Promise<Answer>) => wait(),
  };
  const record = await desk.ask(question, room, new AbortController().signal);
  expect(record.state).toBe('expired');
  expect(await slept.promise).toBeLessThanOrEqual(60_000);
});
