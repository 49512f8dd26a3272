import { afterEach, beforeEach, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import { HOOK_REQUEST_TTL_MS, type HookRequestRepository } from './hook-request-repository.ts';

let fixture: StorageFixture;
let requests: HookRequestRepository;
beforeEach(async () => {
  fixture = await StorageFixture.open();
  requests = fixture.repositories.hookRequests;
});
afterEach(() => fixture.dispose());

const draft = (messageId: string, bodyHash = 'body') => ({ keyHash: 'key', bodyHash, messageId });

it('answers later requests with the first one, also after a restart', async () => {
  const first = await requests.claim(draft('m1'));
  expect(first).toEqual({ ...draft('m1'), runId: null });
  await requests.complete(first, 'run-1');
  await fixture.reopen();
  requests = fixture.repositories.hookRequests;
  expect(await requests.claim(draft('m2', 'other'))).toEqual({ ...draft('m1'), runId: 'run-1' });
});

it('gives one of many simultaneous requests the key', async () => {
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_, index) => requests.claim(draft(`m${index}`))),
  );
  expect(new Set(claims.map(({ messageId }) => messageId)).size).toBe(1);
});

it('frees a key after a day', async () => {
  await requests.claim(draft('m1'));
  fixture.clock.advance(HOOK_REQUEST_TTL_MS - 1);
  expect((await requests.claim(draft('m2'))).messageId).toBe('m1');
  expect(await requests.prune()).toBe(0);
  fixture.clock.advance(1);
  expect((await requests.claim(draft('m2'))).messageId).toBe('m2');
  fixture.clock.advance(HOOK_REQUEST_TTL_MS);
  expect(await requests.prune()).toBe(1);
});

it('does not give the run of a forgotten request to the one that took its key', async () => {
  const old = await requests.claim(draft('m1'));
  fixture.clock.advance(HOOK_REQUEST_TTL_MS);
  await requests.claim(draft('m2'));
  await requests.complete(old, 'run-1');
  expect((await requests.claim(draft('m3'))).runId).toBeNull();
});
