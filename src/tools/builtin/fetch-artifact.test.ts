import { describe, expect, test } from 'vitest';
import { callScope, executorFixture, memoryArtifacts } from '../../../test/support/tool-fixture.ts';
import { createFetchArtifactTool } from './fetch-artifact.ts';

/** An executor whose store holds one artifact of chat 100. */
async function fixture(content: string, toolName = 'bash') {
  const artifacts = memoryArtifacts();
  const artifactId = await artifacts.save(100, toolName, content);
  const { call } = await executorFixture(
    [createFetchArtifactTool({ artifacts, readsUntrusted: (name) => name === 'web_fetch' })],
    { artifacts },
  );
  return {
    artifactId,
    fetch: (input: object, scope = callScope()) =>
      call('fetch_artifact', { artifact_id: artifactId, ...input }, scope),
  };
}

const digits = Array.from({ length: 1000 }, (_, index) => String(index).padStart(10, '0')).join('');

describe('fetch_artifact', () => {
  test('returns the asked part under a header', async () => {
    const { artifactId, fetch } = await fixture(digits);
    expect((await fetch({ offset: 1500, length: 100 })).content).toBe(
      `artifact_id: ${artifactId}\ntool: bash\ntotal_chars: 10000\noffset: 1500\nreturned: 100\nhas_more: true\n---\n${digits.slice(1500, 1600)}`,
    );
  });

  test('counts characters, not code units', async () => {
    const { fetch } = await fixture('😀'.repeat(10));
    expect((await fetch({ offset: 3, length: 2 })).content).toMatch(
      /returned: 2\nhas_more: true\n---\n😀😀$/u,
    );
  });

  test('has defaults and bounds, and is never spilled itself', async () => {
    const { fetch } = await fixture('x'.repeat(50_000));
    expect((await fetch({})).content).toContain('returned: 4000');
    const most = await fetch({ length: 1_000_000, offset: -5 });
    expect(most.content).toContain('offset: 0\nreturned: 16000');
    expect(most.artifactId).toBeUndefined();
  });

  test('says when a range is empty and when an artifact is gone', async () => {
    const { fetch } = await fixture('abc');
    expect((await fetch({ offset: 3 })).content).toMatch(
      /has_more: false\n---\n\(no content in this range\)$/,
    );
    expect(await fetch({ artifact_id: 'art_x' })).toMatchObject({
      content: 'Artifact `art_x` not found or expired.',
      errorType: 'artifact_missing',
    });
  });

  test('says that a slice of an untrusted result is untrusted too', async () => {
    const { fetch } = await fixture('abc');
    expect(await fetch({})).not.toHaveProperty('untrustedSource');
    const { artifactId, fetch: fetchPage } = await fixture('abc', 'web_fetch');
    expect(await fetchPage({})).toMatchObject({ untrustedSource: `a result of web_fetch (${artifactId})` });
  });

  test('is closed to other chats and open to a control chat', async () => {
    const { fetch } = await fixture('abc');
    const chat = { chatId: 200, channel: 'telegram', externalId: '200', kind: 'private' } as const;
    expect(await fetch({}, callScope({ chat }))).toMatchObject({
      errorType: 'forbidden',
      content: expect.stringMatching(
        /^Permission denied: chat 200 cannot operate on chat 100\b.*control_chat_ids/,
      ),
    });
    expect((await fetch({}, callScope({ chat, isControlChat: true }))).content).toContain('abc');
  });
});
