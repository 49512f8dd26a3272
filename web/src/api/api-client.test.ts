import { describe, expect, it, vi } from 'vitest';
import { ApiClient } from './api-client.ts';
import { ApiError, failureText, NetworkError } from './api-error.ts';

function setUp(answer: (request: Request) => Response | Promise<Response>, cookies = '') {
  const requests: Request[] = [];
  const onSignedOut = vi.fn();
  const client = new ApiClient({
    fetch: async (input, init) => {
      const { signal: _signal, ...rest } = init ?? {};
      const request = new Request(`http://test.local${String(input)}`, rest);
      requests.push(request);
      return answer(request);
    },
    readCookies: () => cookies,
    onSignedOut,
  });
  return { client, requests, onSignedOut };
}

const refuse = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });

describe('ApiClient', () => {
  it('sends the CSRF token of the cookie and the message id', async () => {
    const { client, requests } = setUp(
      () => Response.json({ ok: true, run_id: 'r1' }),
      'a=1; mc_csrf=to%3Dken',
    );
    await expect(
      client.send({ sessionKey: 'main', message: 'hi', clientMessageId: 'm1' }),
    ).resolves.toMatchObject({
      run_id: 'r1',
    });
    expect(requests[0]?.headers.get('x-csrf-token')).toBe('to=ken');
    expect(await requests[0]?.json()).toEqual({
      session_key: 'main',
      message: 'hi',
      client_message_id: 'm1',
    });
  });

  it('turns a refusal into its text, code, hint and waiting time', async () => {
    const body = { ok: false, error: 'rate limit exceeded', code: 'MC_HTTP_RATE_LIMITED', hint: 'wait' };
    const { client } = setUp(() => refuse(429, body, { 'retry-after': '9' }));
    const error = await client.sessions().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 429,
      code: 'MC_HTTP_RATE_LIMITED',
      hint: 'wait',
      retryAfterSecs: 9,
    });
    expect(failureText(error)).toBe('rate limit exceeded');
  });

  it('says what it can about an answer that is not ours', async () => {
    const { client } = setUp(() => refuse(502, '<html>Bad gateway</html>'));
    await expect(client.health()).rejects.toMatchObject({ status: 502, message: 'The server answered 502.' });
  });

  it('reports the end of the login, but not a wrong password', async () => {
    const { client, onSignedOut } = setUp(() => refuse(401, { error: 'unauthorized' }));
    await expect(client.login('wrong')).rejects.toBeInstanceOf(ApiError);
    expect(onSignedOut).not.toHaveBeenCalled();
    await expect(client.sessions()).rejects.toBeInstanceOf(ApiError);
    expect(onSignedOut).toHaveBeenCalledOnce();
  });

  it('tells an unreachable server and a cut answer from a refusal', async () => {
    const down = setUp(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(down.client.runtime()).rejects.toBeInstanceOf(NetworkError);
    const cut = setUp(() => new Response('{"ok":tr'));
    await expect(cut.client.runtime()).rejects.toBeInstanceOf(NetworkError);
  });

  it('passes an abort on as it is', async () => {
    const { client } = setUp(() => Promise.reject(new DOMException('stopped', 'AbortError')));
    await expect(client.health(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('asks for older messages by cursor and for a stream after the last event', async () => {
    const { client, requests } = setUp(() => Response.json({}));
    await client.history({ sessionKey: 'a&b', limit: 10, before: 7 });
    await client.openRunStream('r 1', 3, new AbortController().signal);
    await client.openRunStream('r1', 0, new AbortController().signal);
    expect(requests.map((request) => request.url.replace('http://test.local', ''))).toEqual([
      '/api/history?session_key=a%26b&limit=10&before=7',
      '/api/stream?run_id=r+1&last_event_id=3',
      '/api/stream?run_id=r1',
    ]);
  });
});
