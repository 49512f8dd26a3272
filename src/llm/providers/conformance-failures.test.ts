/** How every wire format fails and recovers, through the real client libraries and real sockets. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FakeModelServer, startFakeModel } from '../../../test/support/fake-model/fake-model-server.ts';
import { fakeModelOptions, ModelHarness } from '../../../test/support/fake-model/model-harness.ts';
import type { FakeProtocol } from '../../../test/support/fake-model/recorded-request.ts';
import { reply } from '../../../test/support/fake-model/reply.ts';
import type { LlmOptions } from '../llm-options.ts';
import type { ContentBlock } from '../message.ts';

let server: FakeModelServer;
beforeAll(async () => {
  server = await startFakeModel();
});
afterAll(() => server.stop());
afterEach(() => server.reset());

const NO_RETRY = { retry: { maxRetries: 0, maxDelayMs: 60_000 } };
function textIn(content: readonly ContentBlock[]): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

function errorCode(code: string) {
  return expect.objectContaining({ code: `MC_LLM_${code}` });
}

describe.each<FakeProtocol>(['chat', 'responses', 'anthropic'])('the %s protocol', (protocol) => {
  const harness = (changes: Partial<LlmOptions> = {}) =>
    new ModelHarness(fakeModelOptions(server, protocol, changes));

  it.each([
    ['breaks off', { cutAfter: 5 }],
    ['ends early', { endAfter: 5 }],
  ])('rejects an answer whose stream %s', async (_name, fault) => {
    server.enqueue(reply.text('Some longer answer here').with({ ...fault, deltaLength: 4 }));
    const model = harness();
    await expect(model.generate()).rejects.toEqual(errorCode('STREAM_CUT'));
    expect(model.shownText).not.toBe('');
    expect(model.kinds()).not.toContain('retry');
  });

  it('retries a stream that breaks off before anything was shown', async () => {
    server.enqueue(reply.cutAfter(1), reply.text('fine'));
    const model = harness();
    expect(textIn((await model.generate()).content)).toBe('fine');
    expect(model.failures.map((failure) => failure.error.code)).toEqual(['MC_LLM_STREAM_CUT']);
  });

  it('does not retry once something was shown', async () => {
    server.enqueue({ text: 'partial answer', hangAfter: 4, deltaLength: 2 });
    const timeouts = { connectMs: 1000, firstByteMs: 1000, idleMs: 30 };
    const model = harness({ timeouts });
    await expect(model.generate()).rejects.toEqual(errorCode('TIMEOUT'));
    expect(model.kinds()).not.toContain('retry');
    expect(server.requests).toHaveLength(1);
  });

  it('retries an error event that comes before the first delta', async () => {
    server.enqueue(reply.error('overloaded_error'), reply.text('fine'));
    const model = harness();
    expect(textIn((await model.generate()).content)).toBe('fine');
    expect(model.failures.map((failure) => failure.error.code)).toEqual(['MC_LLM_OVERLOADED']);
  });

  it.each([
    [401, 'AUTH'],
    [403, 'AUTH'],
    [402, 'QUOTA'],
    [404, 'MODEL_NOT_FOUND'],
    [422, 'BAD_REQUEST'],
  ])('fails at once on status %i', async (status, code) => {
    server.enqueue(reply.status(status));
    const model = harness();
    await expect(model.generate()).rejects.toEqual(errorCode(code));
    expect(server.requests).toHaveLength(1);
  });

  it.each([429, 500, 502, 503, 504, 529])('retries status %i until it passes', async (status) => {
    server.enqueue(reply.status(status), reply.status(status), reply.text('fine'));
    const model = harness();
    expect(textIn((await model.generate()).content)).toBe('fine');
    expect(model.clock.sleeps).toEqual([750, 1500]);
    expect(model.kinds().filter((kind) => kind === 'retry')).toHaveLength(2);
  });

  it('gives up after three retries', async () => {
    server.route(() => reply.status(500));
    const model = harness();
    await expect(model.generate()).rejects.toEqual(errorCode('UNAVAILABLE'));
    expect(server.requests).toHaveLength(4);
  });

  it('tries the next key on 401', async () => {
    server.route((request) => (request.apiKey === 'k1' ? reply.status(401) : undefined));
    const model = harness({ apiKeys: ['k2'] });
    expect(textIn((await model.generate()).content)).toBe('echo: hi');
    expect(server.requests.map((request) => request.apiKey)).toEqual(['k1', 'k2']);
  });

  it('reports an overflow of the context window at once and as such', async () => {
    server.enqueue(reply.overflow());
    await expect(harness().generate()).rejects.toEqual(errorCode('CONTEXT_OVERFLOW'));
    expect(server.requests).toHaveLength(1);
  });

  it('rejects a web page as a bad answer, at once', async () => {
    server.route(() => ({ rawStream: '<html></html>', headers: { 'content-type': 'text/html' } }));
    await expect(harness().generate()).rejects.toEqual(errorCode('BAD_RESPONSE'));
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['an event', 'event: error\ndata: {"message":"prompt is too long"}\n\n'],
    ['a field of its own', 'error: {"code":400,"message":"exceeds the available context size"}\n\n'],
  ])('fails for an error that a compatible server sends as %s', async (_name, rawStream) => {
    server.enqueue({ rawStream: `${rawStream}data: [DONE]\n\n` });
    await expect(harness().generate()).rejects.toEqual(errorCode('CONTEXT_OVERFLOW'));
  });

  it('reads a stream that is labelled as JSON', async () => {
    const text = reply.text('mislabelled').with({ headers: { 'content-type': 'application/json' } });
    server.enqueue(text);
    expect(textIn((await harness().generate()).content)).toBe('mislabelled');
  });

  it.each(['text/html', 'text/event-stream', ''])('rejects a web page labelled "%s"', async (label) => {
    server.enqueue({ rawStream: '\n<!doctype html><p>Sign in', headers: { 'content-type': label } });
    await expect(harness(NO_RETRY).generate()).rejects.toEqual(errorCode('BAD_RESPONSE'));
  });

  it.each(['application/json', 'text/plain'])(
    'fails for a document (%s) that is an error or no answer at all',
    async (label) => {
      const headers = { 'content-type': label };
      server.enqueue(
        { rawStream: '{"error":{"message":"bad key","code":401}}', headers },
        { rawStream: '{"detail":"nobody here"}', headers },
      );
      await expect(harness().generate()).rejects.toEqual(errorCode('AUTH'));
      await expect(harness().generate()).rejects.toEqual(errorCode('BAD_RESPONSE'));
    },
  );

  it('does not show what the provider wrote in an error', async () => {
    const message = 'Incorrect API key sk-abcdefghijklmnop1234 see https://internal.example/help';
    server.enqueue(reply.status(401, { body: { error: { type: 'invalid_request_error', message } } }));
    const error: unknown = await harness()
      .generate()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: 'The model provider refused the API key.' });
    const data = JSON.stringify((error as { data: unknown }).data);
    expect(data).toContain('Incorrect API key');
    expect(data).not.toContain('abcdefghijklmnop');
    expect(data).not.toContain('internal.example');
  });

  it.each([
    ['while nothing has come', { hang: true }],
    ['in the middle of the answer', { text: 'partial answer', hangAfter: 4, deltaLength: 2 }],
  ])('closes the connection and rejects with the reason when aborted %s', async (_name, spec) => {
    const closed = new Promise<void>((resolve) => {
      const undo = server.onClientClosed(() => {
        undo();
        resolve();
      });
    });
    server.enqueue(spec);
    const controller = new AbortController();
    const model = harness();
    const answer = model.generate({}, controller.signal);
    await server.waitForRequest();
    const reason = new Error('stopped by the user');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    await closed;
    expect(model.failures).toEqual([]);
  });

  it.each([
    ['never starts', { hang: true }, 'first_byte'],
    ['sends only headers', { text: 'x', hangAfter: 0 }, 'first_byte'],
  ])('times out when the answer %s', async (_name, spec, phase) => {
    server.enqueue(spec);
    const model = harness({ ...NO_RETRY, timeouts: { connectMs: 5, firstByteMs: 40, idleMs: 5000 } });
    await expect(model.generate()).rejects.toMatchObject({ code: 'MC_LLM_TIMEOUT', data: { phase } });
  });

  it('limits the whole attempt when a total is set', async () => {
    server.enqueue(reply.text('slow and long answer').with({ gapMs: 15, deltaLength: 1 }));
    const timeouts = { connectMs: 1000, firstByteMs: 1000, idleMs: 1000, totalMs: 60 };
    const model = harness({ ...NO_RETRY, timeouts });
    await expect(model.generate()).rejects.toMatchObject({ data: { phase: 'total' } });
  });

  it('uses one connection for calls that follow each other', async () => {
    const before = server.connectionCount;
    const model = harness();
    for (let call = 0; call < 5; call += 1) await model.generate();
    expect(server.connectionCount - before).toBe(1);
    model.service.stop();
  });

  it('reports an endpoint that is not there as unavailable', async () => {
    const gone = await startFakeModel();
    await gone.stop();
    const model = new ModelHarness(fakeModelOptions(gone, protocol, NO_RETRY));
    await expect(model.generate()).rejects.toEqual(errorCode('UNAVAILABLE'));
  });
});

describe('a chat answer after its finish reason', () => {
  const FINISHED = 'data: {"choices":[{"delta":{"content":"whole"},"finish_reason":"stop"}]}\n\n';
  const chat = () =>
    new ModelHarness(
      fakeModelOptions(server, 'chat', {
        ...NO_RETRY,
        timeouts: { connectMs: 1000, firstByteMs: 1000, idleMs: 50 },
      }),
    );

  it.each([
    ['is cut', { rawStream: FINISHED, cutAfter: 1 }],
    ['stays silent', { rawStream: FINISHED, hangAfter: 1 }],
  ])('is whole although the connection then %s', async (_name, spec) => {
    server.enqueue(spec);
    expect(textIn((await chat().generate()).content)).toBe('whole');
  });
});

it.each<FakeProtocol>(['chat', 'responses'])(
  'the query of a base URL stays behind the path (Azure’s api-version): %s',
  async (protocol) => {
    const baseUrl = `${server.openAiUrl}?api-version=2024-10-21`;
    await new ModelHarness(fakeModelOptions(server, protocol, { baseUrl })).generate();
    expect(server.requests.at(-1)).toMatchObject({
      query: 'api-version=2024-10-21',
      path: expect.stringMatching(/^\/v1\/[a-z/]+$/),
    });
  },
);
