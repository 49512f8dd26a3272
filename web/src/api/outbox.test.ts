import { describe, expect, it, vi } from 'vitest';
import { memoryStorage } from '../testing/fake-stream.ts';
import { ApiError, NetworkError } from './api-error.ts';
import { Outbox, type OutboxMessage, type OutboxPorts } from './outbox.ts';

function setUp(send: OutboxPorts['send'], storage = memoryStorage()) {
  let nextId = 0;
  const wakers: (() => void)[] = [];
  const accepted: string[] = [];
  const outbox = new Outbox({
    send,
    pause: () => new Promise((resolve) => wakers.push(resolve)),
    now: () => 0,
    newId: () => `id${++nextId}`,
    storage,
    onAccepted: (message) => accepted.push(`${message.text}→${message.runId}`),
  });
  const wake = () => {
    for (const waker of wakers.splice(0)) waker();
  };
  return { outbox, accepted, wake, states: () => outbox.messages().map((message) => message.state) };
}

describe('Outbox', () => {
  it('sends the messages of a chat one after the other, in the order typed', async () => {
    const order: string[] = [];
    let inFlight = 0;
    const { outbox, accepted } = setUp(async (message) => {
      inFlight += 1;
      expect(inFlight).toBe(1);
      order.push(message.text);
      await Promise.resolve();
      inFlight -= 1;
      return { runId: `run-${message.text}` };
    });
    outbox.add('main', 'a');
    outbox.add('main', 'b');
    outbox.add('main', 'c');
    await vi.waitFor(() => expect(accepted).toEqual(['a→run-a', 'b→run-b', 'c→run-c']));
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('keeps a message while the server cannot be reached and sends it again under the same id', async () => {
    const ids: string[] = [];
    let isDown = true;
    const { outbox, accepted, wake, states } = setUp(async (message) => {
      ids.push(message.id);
      if (isDown) throw new NetworkError('down');
      return { runId: 'r1' };
    });
    outbox.add('main', 'hello');
    await vi.waitFor(() => expect(states()).toEqual(['waiting']));
    isDown = false;
    wake();
    await vi.waitFor(() => expect(accepted).toEqual(['hello→r1']));
    expect(ids).toEqual(['id1', 'id1']);
  });

  it('waits out a rate limit and a lost login instead of giving up', async () => {
    const failures = [new ApiError(429, 'slow'), new ApiError(401, 'unauthorized')];
    const { outbox, accepted, wake, states } = setUp(async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return { runId: 'r1' };
    });
    outbox.add('main', 'hello');
    await vi.waitFor(() => expect(states()).toEqual(['waiting']));
    wake();
    await vi.waitFor(() => expect(failures).toHaveLength(0));
    await vi.waitFor(() => expect(states()).toEqual(['waiting']));
    wake();
    await vi.waitFor(() => expect(accepted).toEqual(['hello→r1']));
  });

  it('keeps a refused message with its reason and goes on with the next', async () => {
    const { outbox, accepted } = setUp(async (message) => {
      if (message.text === 'bad') throw new ApiError(400, 'read-only', { hint: 'answer there' });
      return { runId: 'r2' };
    });
    outbox.add('main', 'bad');
    outbox.add('main', 'good');
    await vi.waitFor(() => expect(accepted).toEqual(['good→r2']));
    expect(outbox.messages()[0]).toMatchObject({ state: 'refused', reason: 'read-only — answer there' });
  });

  it('sends a refused message again when asked, and forgets a discarded one', async () => {
    let isRefused = true;
    const { outbox, accepted, states } = setUp(async () => {
      if (isRefused) throw new ApiError(400, 'no');
      return { runId: 'r1' };
    });
    outbox.add('main', 'x');
    await vi.waitFor(() => expect(states()).toEqual(['refused']));
    isRefused = false;
    outbox.retry('id1');
    await vi.waitFor(() => expect(accepted).toEqual(['x→r1']));
    outbox.discard('id1');
    expect(outbox.messages()).toEqual([]);
  });

  it('forgets accepted messages that the transcript shows, and those of a cleared chat', async () => {
    const { outbox, accepted } = setUp(async (message) => ({ runId: `run-${message.text}` }));
    outbox.add('main', 'a');
    outbox.add('ops', 'b');
    await vi.waitFor(() => expect(accepted).toHaveLength(2));
    const stored = { hasMessage: () => true, hasAnswer: () => true, isOver: () => true };
    outbox.settle('main', stored);
    expect(outbox.messages().map((message) => message.text)).toEqual(['b']);
    outbox.forgetSession('ops');
    expect(outbox.messages()).toEqual([]);
  });

  it('keeps a command beside its stored answer, and forgets one that left nothing', async () => {
    const { outbox, accepted } = setUp(async (message) => ({ runId: message.text }));
    outbox.add('main', '/help');
    outbox.add('main', '/gone');
    outbox.add('main', 'running');
    await vi.waitFor(() => expect(accepted).toHaveLength(3));
    outbox.settle('main', {
      hasMessage: () => false,
      hasAnswer: (runId) => runId === '/help',
      isOver: (runId) => runId !== 'running',
    });
    expect(outbox.messages().map((message) => message.text)).toEqual(['/help', 'running']);
  });

  it('sends after a reload what was waiting before it, under the same id', async () => {
    const storage = memoryStorage();
    const before = setUp(async () => Promise.reject(new NetworkError('down')), storage);
    before.outbox.add('main', 'hello');
    await vi.waitFor(() => expect(before.states()).toEqual(['waiting']));

    const sent: OutboxMessage[] = [];
    const after = setUp(async (message) => {
      sent.push(message);
      return { runId: 'r1' };
    }, storage);
    after.outbox.restore();
    await vi.waitFor(() => expect(after.accepted).toEqual(['hello→r1']));
    expect(sent.map((message) => message.id)).toEqual(['id1']);
  });
});
