/** Retries, key rotation, breakers and fallback, observed from outside through a real socket. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeModelServer, startFakeModel } from '../../test/support/fake-model/fake-model-server.ts';
import {
  fakeModelOptions,
  MODEL_REQUEST,
  ModelHarness,
} from '../../test/support/fake-model/model-harness.ts';
import { reply } from '../../test/support/fake-model/reply.ts';
import { DEFAULT_LLM_OPTIONS, type LlmOptions } from './llm-options.ts';
import type { Provider } from './provider.ts';

let server: FakeModelServer;
beforeEach(async () => {
  server = await startFakeModel();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

const harness = (changes: Partial<LlmOptions> = {}) =>
  new ModelHarness(fakeModelOptions(server, 'chat', changes));
const withFallback = (changes: Partial<LlmOptions> = {}) =>
  harness({ fallbackModel: 'fake-model-small', ...changes });
const primaryIsDown = () =>
  server.route((request) => (request.model === 'fake-model' ? reply.status(503) : undefined));
const models = () => server.requests.map((request) => request.model);

describe('retries', () => {
  it('wait at least as long as the provider asks', async () => {
    server.enqueue(reply.status(429, { retryAfter: 5 }), reply.text('ok'));
    const model = harness();
    await model.generate();
    expect(model.clock.sleeps).toEqual([5000]);
    expect(model.events[0]).toEqual({
      kind: 'retry',
      attempt: 1,
      reason: 'The model provider asked to slow down.',
      delayMs: 5000,
    });
  });

  it('do not wait longer than allowed', async () => {
    server.enqueue(reply.status(429, { retryAfter: 3600 }));
    const model = harness();
    await expect(model.generate()).rejects.toMatchObject({
      code: 'MC_LLM_RATE_LIMITED',
      data: { retryAfterMs: 3_600_000 },
    });
    expect(model.clock.sleeps).toEqual([]);
  });

  it('stop when the caller does, with its reason', async () => {
    server.route(() => reply.status(503));
    const controller = new AbortController();
    const model = new ModelHarness(fakeModelOptions(server, 'chat'), {
      onAttemptFailed: () => controller.abort(new Error('enough')),
    });
    await expect(model.generate({}, controller.signal)).rejects.toThrow('enough');
    expect(server.requests).toHaveLength(1);
  });

  it('wait for a silent model twice, not four times', async () => {
    server.route(() => reply.hang());
    const model = harness({ timeouts: { connectMs: 5, firstByteMs: 20, idleMs: 1000 } });
    await expect(model.generate()).rejects.toMatchObject({ code: 'MC_LLM_TIMEOUT' });
    expect(server.requests).toHaveLength(2);
  });

  it('are told to the observer with the redacted detail', async () => {
    server.enqueue(reply.status(503), reply.text('ok'));
    const model = harness();
    await model.generate();
    expect(model.failures).toMatchObject([
      { provider: 'fake', model: 'fake-model', attempt: 1, error: { data: { status: 503 } } },
    ]);
  });
});

describe('key rotation', () => {
  it.each([401, 403, 429])('goes on with the next key after %i and stays with it', async (status) => {
    server.route((request) =>
      request.apiKey === 'k1' ? reply.status(status, { retryAfter: 30 }) : undefined,
    );
    const model = harness({ apiKeys: ['k2'] });
    await model.generate();
    await model.generate();
    expect(server.requests.map((request) => request.apiKey)).toEqual(['k1', 'k2', 'k2']);
    expect(model.clock.sleeps).toEqual([200]);
  });

  it('fails when every key is refused, each tried once', async () => {
    server.route(() => reply.status(401));
    const model = harness({ apiKeys: ['k2', 'k3'] });
    await expect(model.generate()).rejects.toMatchObject({ code: 'MC_LLM_AUTH' });
    expect(server.requests.map((request) => request.apiKey)).toEqual(['k1', 'k2', 'k3']);
  });

  it('uses one of the three retries each time', async () => {
    server.route(() => reply.status(401));
    const model = harness({ apiKeys: ['k2', 'k3', 'k4', 'k5', 'k6'] });
    await expect(model.generate()).rejects.toMatchObject({ code: 'MC_LLM_AUTH' });
    expect(server.requests).toHaveLength(4);
  });

  it('tries throttled keys again after a pause when all of them are', async () => {
    server.enqueue(reply.status(429), reply.status(429), reply.text('ok'));
    const model = harness({ apiKeys: ['k2'] });
    await model.generate();
    expect(server.requests.map((request) => request.apiKey)).toEqual(['k1', 'k2', 'k1']);
    expect(model.clock.sleeps).toEqual([200, 1500]);
  });
});

describe('keys of which some are refused and some throttled', () => {
  it.each([
    ['refused first', { k1: 401, k2: 401, k3: 429 }],
    ['throttled first', { k1: 429, k2: 401, k3: 401 }],
  ])('wait for the throttled one and never try the others again: %s', async (_name, statuses) => {
    const table: Readonly<Record<string, number>> = statuses;
    const throttled = Object.keys(table).find((key) => table[key] === 429);
    let wait = true;
    server.route((request) => {
      const status = table[request.apiKey ?? ''] ?? 500;
      if (status !== 429) return reply.status(status);
      if (!wait) return undefined;
      wait = false;
      return reply.status(429, { retryAfter: 5 });
    });
    const model = harness({ apiKeys: ['k2', 'k3'] });
    await model.generate();
    expect(server.requests.at(-1)).toMatchObject({ apiKey: throttled });
    expect(server.requests).toHaveLength(4);
    expect(model.clock.sleeps.at(-1)).toBe(5000);
  });
});

describe('the fallback model', () => {
  it('answers after the retries of the first are used up, and says so', async () => {
    primaryIsDown();
    const model = withFallback();
    const answer = await model.generate();
    expect(answer).toMatchObject({ provider: 'fake', model: 'fake-model-small' });
    expect(models()).toEqual([...Array(4).fill('fake-model'), 'fake-model-small']);
    expect(model.events.find((event) => event.kind === 'fallback')).toEqual({
      kind: 'fallback',
      provider: 'fake',
      model: 'fake-model-small',
      reason: 'The model provider is overloaded.',
    });
    expect(model.service.health()).toMatchObject({ totalFallbacks: 1, breakerOpen: true });
  });

  it('answers at once while the breaker of the first is open, and the first again after a probe', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    let down = true;
    server.route((request) => (down && request.model === 'fake-model' ? reply.status(503) : undefined));
    const model = withFallback();
    await model.generate();
    server.requests.length = 0;
    await model.generate();
    expect(models()).toEqual(['fake-model-small']);
    vi.setSystemTime(Date.now() + 30_000);
    down = false;
    server.requests.length = 0;
    await model.generate();
    await model.generate();
    expect(models()).toEqual(['fake-model', 'fake-model']);
    expect(model.service.health().breakerOpen).toBe(false);
  });

  it('answers those who come while another call probes the first', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    primaryIsDown();
    const model = withFallback();
    await model.generate();
    vi.setSystemTime(Date.now() + 30_000);
    server.reset();
    server.route((request) => (request.model === 'fake-model' ? reply.hang() : undefined));
    const controller = new AbortController();
    const [probe, ...others] = [1, 2, 3].map((chatId) => model.generate({ chatId }, controller.signal));
    for (const other of others) expect(await other).toMatchObject({ model: 'fake-model-small' });
    controller.abort(new Error('enough'));
    await expect(probe).rejects.toThrow('enough');
  });

  it('is told once per chat until the first model answers again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    primaryIsDown();
    const model = withFallback();
    for (const chatId of [7, 7, 8]) await model.generate({ chatId });
    expect(model.kinds().filter((kind) => kind === 'fallback')).toHaveLength(2);
    server.reset();
    vi.setSystemTime(Date.now() + 30_000);
    await model.generate({ chatId: 7 });
    primaryIsDown();
    await model.generate({ chatId: 7 });
    expect(model.kinds().filter((kind) => kind === 'fallback')).toHaveLength(3);
  });

  it('applies to agent turns that name their model', async () => {
    server.route((request) => (request.model === 'chosen' ? reply.status(500) : undefined));
    expect(await withFallback().generate({ model: 'chosen' })).toMatchObject({ model: 'fake-model-small' });
  });

  it('may be a model of another profile', async () => {
    await using other = await startFakeModel();
    primaryIsDown();
    const options = fakeModelOptions(server, 'chat', { fallbackModel: 'spare/model-x' });
    const model = new ModelHarness({
      ...options,
      profiles: {
        ...options.profiles,
        spare: { provider: 'anthropic', apiKey: 'spare-key', baseUrl: other.url },
      },
    });
    expect(await model.generate()).toMatchObject({ provider: 'spare', model: 'model-x' });
    expect(other.requests[0]).toMatchObject({ protocol: 'anthropic', apiKey: 'spare-key' });
  });

  it('leaves the first error when both fail', async () => {
    server.route((request) => (request.model === 'fake-model' ? reply.status(401) : reply.status(500)));
    await expect(withFallback().generate()).rejects.toMatchObject({ code: 'MC_LLM_AUTH' });
  });

  it('says that everything is being left alone when both breakers are open', async () => {
    server.route(() => reply.status(503));
    const model = withFallback();
    await expect(model.generate()).rejects.toMatchObject({ code: 'MC_LLM_OVERLOADED' });
    const before = server.requests.length;
    await expect(model.generate()).rejects.toMatchObject({
      code: 'MC_LLM_BREAKER_OPEN',
      data: { retryAtMs: expect.any(Number) },
    });
    expect(server.requests).toHaveLength(before);
  });

  it('leaves the first error when it is not usable itself', async () => {
    server.route(() => reply.status(401));
    const options = fakeModelOptions(server, 'chat', { fallbackModel: 'azure/x' });
    const model = new ModelHarness({ ...options, profiles: { ...options.profiles, azure: { apiKey: 'a' } } });
    await expect(model.generate()).rejects.toMatchObject({ code: 'MC_LLM_AUTH' });
    expect(model.failures.map((failure) => failure.error.code)).toEqual([
      'MC_LLM_AUTH',
      'MC_LLM_NOT_CONFIGURED',
    ]);
  });

  it('is not tried for a conversation that is too long', async () => {
    server.enqueue(reply.overflow());
    await expect(withFallback().generate()).rejects.toMatchObject({ code: 'MC_LLM_CONTEXT_OVERFLOW' });
    expect(models()).toEqual(['fake-model']);
  });

  it('is not tried after something was shown', async () => {
    server.enqueue(reply.text('half an answer').with({ cutAfter: 2 }));
    await expect(withFallback().generate()).rejects.toMatchObject({ code: 'MC_LLM_STREAM_CUT' });
    expect(models()).toEqual(['fake-model']);
  });
});

it('without a fallback a model that failed is simply tried again', async () => {
  server.enqueue(...Array(4).fill(reply.status(503)));
  const model = harness();
  await expect(model.generate()).rejects.toMatchObject({ code: 'MC_LLM_OVERLOADED' });
  expect(await model.generate()).toMatchObject({ model: 'fake-model' });
  expect(model.service.health()).toMatchObject({ consecutiveFailures: 0 });
});

describe('adapting to an endpoint', () => {
  it('renames the output limit once and remembers it', async () => {
    const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
    server.route((request) =>
      'max_tokens' in request.body ? reply.status(400, { body: { error: { message } } }) : undefined,
    );
    const model = harness();
    await model.generate();
    await model.generate();
    expect(server.requests.map((request) => 'max_completion_tokens' in request.body)).toEqual([
      false,
      true,
      true,
    ]);
    expect(model.failures).toEqual([]);
  });

  it('does without stream options where they are unknown', async () => {
    const body = { error: { message: 'Unknown parameter: stream_options' } };
    server.route((request) => ('stream_options' in request.body ? reply.status(400, { body }) : undefined));
    await harness().generate();
    expect(server.requests.map((request) => 'stream_options' in request.body)).toEqual([true, false]);
  });

  it('does without the signatures of Gemini where a session goes on with another provider', async () => {
    const field = ['body', 'messages', 1, 'assistant', 'tool_calls', 0, 'extra_content'];
    const body = {
      object: 'error',
      message: { detail: [{ loc: field, msg: 'Extra inputs are not permitted' }] },
    };
    server.enqueue(reply.status(422, { body }), reply.text('ok'));
    const call = { type: 'tool_use', id: 't1', name: 'glob', input: {}, thought_signature: 's' } as const;
    await harness().generate({
      messages: [
        ...MODEL_REQUEST.messages,
        { role: 'assistant', content: [call] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'a.md' }] },
      ],
    });
    const sent = server.requests.map((request) => request.bodyText.includes('extra_content'));
    expect(sent).toEqual([true, false]);
  });

  it('does without thinking where the model has none', async () => {
    const body = { error: { message: '"fake-model" does not support thinking' } };
    server.route((request) => ('reasoning_effort' in request.body ? reply.status(400, { body }) : undefined));
    await harness().generate({ thinking: 'high' });
    expect(server.requests.map((request) => request.body.reasoning_effort)).toEqual(['high', undefined]);
  });
});

describe('what an answer costs', () => {
  it('is computed for the model that answered', async () => {
    server.enqueue(reply.text('x').usage({ inputTokens: 10, outputTokens: 5 }));
    const prices = [{ model: 'fake-model', inputPerMillionUsd: 3, outputPerMillionUsd: 15 }];
    expect((await harness({ prices }).generate()).costMicroUsd).toBe(10 * 3 + 5 * 15);
    expect((await harness().generate()).costMicroUsd).toBeUndefined();
  });
});

describe('a provider that is no network endpoint', () => {
  const local: Provider = {
    async stream(request, sink) {
      sink({ kind: 'text_delta', text: request.model });
      return { content: [{ type: 'text', text: request.model }], stopReason: 'end_turn', usage: undefined };
    },
  };

  it('answers without a key and is described as offline', async () => {
    const model = new ModelHarness(DEFAULT_LLM_OPTIONS, { extraProviders: { offline: () => local } });
    expect(model.service.describe()).toEqual({ provider: 'offline', model: 'offline', offline: true });
    expect(await model.generate()).toMatchObject({ provider: 'offline', content: [{ text: 'offline' }] });
    expect(model.shownText).toBe('offline');
  });

  it('is created once', async () => {
    const create = vi.fn(() => local);
    const model = new ModelHarness(DEFAULT_LLM_OPTIONS, { extraProviders: { offline: create } });
    await model.generate();
    await model.generate();
    expect(create).toHaveBeenCalledTimes(1);
  });
});

describe('configuration mistakes', () => {
  it('are reported by the call, not at start', async () => {
    const keyless = new ModelHarness({ ...DEFAULT_LLM_OPTIONS, provider: 'openai' });
    expect(keyless.service.describe()).toMatchObject({ provider: 'openai', offline: false });
    await expect(keyless.generate()).rejects.toMatchObject({ code: 'MC_LLM_NOT_CONFIGURED', kind: 'config' });
    await expect(harness().generate({ providerAlias: 'nope' })).rejects.toMatchObject({
      code: 'MC_LLM_NOT_CONFIGURED',
    });
  });

  it('show every profile nevertheless', () => {
    const model = new ModelHarness(fakeModelOptions(server, 'chat'));
    expect(model.service.profiles()).toEqual([
      { alias: 'fake', provider: 'custom', defaultModel: 'fake-model', models: ['fake-model'] },
    ]);
  });
});

it('an aborted signal stops a call before it starts', async () => {
  const model = harness();
  const controller = new AbortController();
  controller.abort(new Error('late'));
  await expect(model.service.generate(MODEL_REQUEST, () => undefined, controller.signal)).rejects.toThrow(
    'late',
  );
  expect(server.requests).toEqual([]);
});

it('calls that run at the same time do not mix', async () => {
  const model = harness();
  const ask = (text: string) =>
    model.service.generate(
      { ...MODEL_REQUEST, messages: [{ role: 'user', content: [{ type: 'text', text }] }] },
      () => undefined,
      new AbortController().signal,
    );
  const texts = Array.from({ length: 32 }, (_, index) => `question ${index}`);
  const answers = await Promise.all(texts.map(ask));
  expect(answers.map((answer) => answer.content)).toEqual(
    texts.map((text) => [{ type: 'text', text: `echo: ${text}` }]),
  );
});
