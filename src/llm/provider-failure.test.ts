import { describe, expect, it } from 'vitest';
import { llmErrors } from './errors.ts';
import {
  complaintFrom,
  failureFromEvent,
  failureFromStatus,
  failureFromTransport,
  retryAfterOf,
} from './provider-failure.ts';

describe('complaintFrom', () => {
  it.each([
    ['OpenAI', { error: { type: 't', code: 'c', param: 'p', message: 'm' } }],
    ['the inner object a client hands on', { type: 't', code: 'c', param: 'p', message: 'm' }],
    ['Google’s array', [{ error: { type: 't', code: 'c', param: 'p', message: 'm' } }]],
  ])('reads the shape of %s', (_name, body) => {
    expect(complaintFrom(400, body)).toEqual({ status: 400, type: 't', code: 'c', param: 'p', message: 'm' });
  });

  it('adds what an upstream provider said', () => {
    const body = { error: { message: 'Provider returned error', metadata: { raw: 'prompt is too long' } } };
    expect(complaintFrom(400, body).message).toBe('Provider returned error — prompt is too long');
  });

  it.each([
    { detail: [{ loc: ['body', 'x'], msg: 'Extra inputs are not permitted', input: 'secret' }] },
    { object: 'error', message: { detail: [{ loc: ['body', 'x'], msg: 'Extra inputs are not permitted' }] } },
  ])('keeps what a validating server says about a field: %j', (body) => {
    const { message } = complaintFrom(422, body);
    expect(message).toMatch(/"body","x".*Extra inputs are not permitted/);
    expect(message).not.toContain('secret');
  });

  it('takes plain text, and strange bodies without failing', () => {
    expect(complaintFrom(502, 'bad gateway').message).toBe('bad gateway');
    expect(complaintFrom(400, { error: 'model not found' }).message).toBe('model not found');
    for (const body of [null, 7, [], [null], { error: null }]) {
      expect(complaintFrom(500, body).status).toBe(500);
    }
  });
});

describe('failureFromStatus', () => {
  const failure = (status: number, body: unknown = '', headers: Record<string, string> = {}) =>
    failureFromStatus(complaintFrom(status, body), new Headers(headers), 0);

  it('keeps the time a provider asks for', () => {
    const error = failure(429, '', { 'retry-after': '7' });
    expect(retryAfterOf(error)).toBe(7000);
    expect(retryAfterOf(failure(500))).toBeUndefined();
    expect(retryAfterOf(new Error('other'))).toBeUndefined();
  });

  it.each([
    [429, 'insufficient_quota', 'MC_LLM_QUOTA', 'config'],
    [429, '', 'MC_LLM_RATE_LIMITED', 'transient'],
    [413, '', 'MC_LLM_BAD_REQUEST', 'permanent'],
    [520, '', 'MC_LLM_UNAVAILABLE', 'transient'],
    [400, 'content_filter', 'MC_LLM_REFUSED', 'permanent'],
  ])('status %i with code "%s" is %s', (status, code, expected, kind) => {
    expect(failure(status, { error: { code, message: 'x' } })).toMatchObject({ code: expected, kind });
  });

  it('hides keys and addresses and shortens what it keeps', () => {
    const secrets = 'Bearer abc.def key-1234567890 AIzaSyA1234567890 https://host/path';
    const error = failure(400, { error: { message: `${secrets} ${'x'.repeat(1000)}` } });
    const detail = String(error.data?.detail);
    expect(detail).not.toMatch(/abc\.def|1234567890|host\/path/);
    expect(detail.length).toBeLessThanOrEqual(400);
    expect(error.message).not.toContain('x'.repeat(10));
  });
});

describe('failureFromEvent', () => {
  it.each([
    [{ error: { type: 'overloaded_error', message: 'Overloaded' } }, 'MC_LLM_OVERLOADED'],
    [{ error: { code: 429, message: 'slow' } }, 'MC_LLM_RATE_LIMITED'],
    [{ error: { code: '502', message: 'upstream' } }, 'MC_LLM_UNAVAILABLE'],
    [{ type: 'error', code: 'rate_limit_exceeded', message: 'slow' }, 'MC_LLM_RATE_LIMITED'],
    [{ error: { type: 'invalid_request_error', message: 'no' } }, 'MC_LLM_BAD_REQUEST'],
    [{ error: { message: 'prompt is too long' } }, 'MC_LLM_CONTEXT_OVERFLOW'],
    [{ error: 'odd' }, 'MC_LLM_UNAVAILABLE'],
  ])('%j → %s', (payload, code) => {
    expect(failureFromEvent(payload)).toMatchObject({ code });
  });
});

it('a complaint that is nested without end is a refusal like any other', () => {
  const detail: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(complaintFrom(422, { detail })).toMatchObject({ status: 422, message: '' });
});

describe('failureFromTransport', () => {
  it('finds an error of ours that a client wrapped', () => {
    const timeout = llmErrors.create('TIMEOUT', 'late');
    const wrapped = new Error('Connection error.', { cause: new Error('fetch failed', { cause: timeout }) });
    expect(failureFromTransport(wrapped)).toBe(timeout);
  });

  it('names the system’s reason without its text', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:443'), { code: 'ECONNREFUSED' });
    const error = failureFromTransport(new Error('Connection error.', { cause }));
    expect(error).toMatchObject({ code: 'MC_LLM_UNAVAILABLE', data: { reason: 'ECONNREFUSED' } });
    expect(error.message).not.toContain('10.0.0.7');
  });
});
