import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import type { NewToolCall } from './tool-call-repository.ts';

let fixture: StorageFixture;
beforeEach(async () => {
  fixture = await StorageFixture.open();
});
afterEach(() => fixture.dispose());

const END = {
  output: 'done',
  isError: false,
  statusCode: 0,
  errorType: null,
  bytes: 4,
  durationMs: 1.4,
  artifactId: null,
  metadataJson: null,
  untrustedSource: null,
};

async function newCall(toolUseId: string): Promise<NewToolCall> {
  const { chatId } = await fixture.chat('main');
  return {
    runId: 'r',
    chatId,
    toolUseId,
    ordinal: 0,
    name: 'bash',
    inputJson: '{}',
    summary: '',
    concurrency: 'exclusive',
  };
}

it('the record of a call that may have an effect is on the disk before the effect', async () => {
  const call = await newCall('a');
  const write = vi.spyOn(fixture.storage, 'write');
  await fixture.repositories.toolCalls.started(call);
  expect(write.mock.calls.map(([, options]) => options?.durability)).toEqual(['full']);
});

it('a call is started once and keeps its result', async () => {
  const { toolCalls } = fixture.repositories;
  const call = await newCall('a');
  await toolCalls.started(call);
  expect(await toolCalls.listByRuns(['r'])).toMatchObject([{ state: 'started', output: null }]);
  await toolCalls.finished(call, END);
  await toolCalls.started(call);
  expect(await toolCalls.listByRuns(['r'])).toMatchObject([
    { state: 'finished', output: 'done', durationMs: 1 },
  ]);
});
