import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { NewUsage, UsageRepository } from './usage-repository.ts';

describe('UsageRepository', () => {
  let fixture: StorageFixture;
  let usage: UsageRepository;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
    usage = fixture.repositories.usage;
  });

  afterEach(() => fixture.dispose());

  const record = (changes: Partial<NewUsage>) =>
    usage.insert({
      chatId: 1,
      runId: 'r1',
      callerChannel: 'web',
      provider: 'main',
      model: 'big',
      inputTokens: 100,
      outputTokens: 10,
      cacheReadTokens: 60,
      cacheWriteTokens: 5,
      costMicroUsd: 7,
      requestKind: 'agent_loop',
      durationMs: 12.6,
      ...changes,
    });

  it('sums a chat, everything, and a window of time', async () => {
    await record({});
    fixture.clock.advance(60_000);
    await record({});
    await record({ chatId: 2, inputTokens: 1, outputTokens: 1, costMicroUsd: null });
    expect(await usage.totals(1, null)).toEqual({
      requests: 2,
      inputTokens: 200,
      outputTokens: 20,
      cacheReadTokens: 120,
      cacheWriteTokens: 10,
      totalTokens: 220,
      costMicroUsd: 14,
    });
    expect(await usage.totals(null, null)).toMatchObject({ requests: 3, totalTokens: 222 });
    expect(await usage.totals(1, '2030-01-01T00:01:00.000Z')).toMatchObject({ requests: 1 });
  });

  it('tells no cost from a cost of zero', async () => {
    expect(await usage.totals(null, null)).toMatchObject({ requests: 0, totalTokens: 0, costMicroUsd: null });
    await record({ costMicroUsd: null });
    expect((await usage.totals(null, null)).costMicroUsd).toBeNull();
    await record({ costMicroUsd: 0 });
    expect((await usage.totals(null, null)).costMicroUsd).toBe(0);
  });

  it('groups by model, most tokens first', async () => {
    await record({ model: 'small' });
    await record({ model: 'big' });
    await record({ model: 'big' });
    const models = await usage.byModel(1, null);
    expect(models.map(({ model, requests }) => [model, requests])).toEqual([
      ['big', 2],
      ['small', 1],
    ]);
    expect(await usage.byModel(1, null, 1)).toHaveLength(1);
  });
});
