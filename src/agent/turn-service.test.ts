import { afterEach, describe, expect, it } from 'vitest';
import { AgentHarness, testTool } from '../../test/support/agent-harness.ts';
import {
  answerCalls,
  answerFailure,
  answerNever,
  answerText,
  response,
} from '../../test/support/scripted-model.ts';
import { llmErrors } from '../llm/errors.ts';

let harness: AgentHarness;
afterEach(async () => {
  await harness.dispose();
});

const echo = testTool('echo', async (value) => ({ content: `echo ${value}` }), { concurrency: 'read_only' });

describe('a turn', () => {
  it('answers, records usage, and has ended in the database when the terminal event is seen', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerText('hello'));
    const end = await harness.send('hi');
    expect(end).toMatchObject({ kind: 'done', response: 'hello' });
    expect(await harness.transcript()).toEqual(['hi', 'hello']);
    expect(await harness.repositories.turns.find(end.runId)).toMatchObject({
      state: 'done',
      response: 'hello',
      lastEventSeq: end.seq,
    });
    const chat = await harness.chat();
    expect(await harness.repositories.usage.totals(chat.chatId, null)).toMatchObject({
      requests: 1,
      inputTokens: 10,
    });
  });

  it('wraps and escapes what people wrote', async () => {
    harness = await AgentHarness.create();
    await harness.send('<b>"x" & y</b>');
    expect(harness.model.requests[0]?.messages).toEqual([
      {
        role: 'user',
        content: [
          {
            type: 'text',
            text: '<user_message sender="ann">&lt;b&gt;&quot;x&quot; &amp; y&lt;/b&gt;</user_message>',
          },
        ],
      },
    ]);
  });

  it('gives tool results back in call order and keeps them in the next turn', async () => {
    harness = await AgentHarness.create([echo]);
    harness.model.enqueue(
      answerCalls(
        { id: 'a', name: 'echo', input: { value: '1' } },
        { id: 'b', name: 'echo', input: { value: '2' } },
      ),
      answerText('done'),
    );
    await harness.send('go');
    await harness.send('again');
    const results = harness.model.requests
      .at(-1)
      ?.messages.flatMap((message) => message.content)
      .filter((block) => block.type === 'tool_result');
    expect(results?.map((block) => [block.tool_use_id, block.content])).toEqual([
      ['a', 'echo 1'],
      ['b', 'echo 2'],
    ]);
  });

  it('renames call ids that the model used before in the conversation', async () => {
    harness = await AgentHarness.create([echo]);
    harness.model.enqueue(answerCalls({ id: 'x', name: 'echo' }), answerText('one'));
    harness.model.enqueue(answerCalls({ id: 'x', name: 'echo' }), answerText('two'));
    await harness.send('first');
    await harness.send('second');
    const ids = harness.model.requests
      .at(-1)
      ?.messages.flatMap((message) => message.content)
      .flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    expect(new Set(ids).size).toBe(2);
  });

  it('asks once more when nothing was visible, then says so', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerText(''), answerText('<think>only</think>'));
    expect(await harness.send('hi')).toMatchObject({
      response: "I couldn't produce a visible reply after an automatic retry. Please try again.",
    });
    expect(harness.model.lastRequestText()).toContain('[runtime_guard]');
  });

  it('says so when the output limit left nothing visible', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerText('', 'max_tokens'));
    expect(await harness.send('hi')).toMatchObject({
      response: expect.stringMatching(/^I reached the model output limit/),
    });
  });

  it('gives an answer that was cut off at the output limit and says that it was', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerText('the first half', 'max_tokens'), answerText('whole'));
    const cut = await harness.events(await harness.submit('hi'));
    expect(cut).toContainEqual(expect.objectContaining({ kind: 'notice', code: 'output_limit' }));
    expect(cut.at(-1)).toMatchObject({ kind: 'done', response: 'the first half' });
    const whole = await harness.events(await harness.submit('go on'));
    expect(whole.some((event) => event.kind === 'notice')).toBe(false);
  });

  it('stops at the iteration limit with an answer, never on a tool result', async () => {
    harness = await AgentHarness.create([echo], { maxToolIterations: 4, toolRepeatWindow: 0 });
    let call = 0;
    harness.model.fallback = async () => {
      call += 1;
      return response(
        [{ type: 'tool_use', id: `c${call}`, name: 'echo', input: { value: String(call) } }],
        'tool_use',
      );
    };
    expect(await harness.send('loop')).toMatchObject({
      response: expect.stringMatching(/^I reached the maximum number of tool iterations\./),
    });
    expect(harness.model.requests).toHaveLength(4);
    expect(harness.model.lastRequestText()).toContain('iteration_budget');
  });

  it('ends when the model repeats the same calls six times', async () => {
    harness = await AgentHarness.create([echo]);
    let call = 0;
    harness.model.fallback = async () => {
      call += 1;
      return response(
        [{ type: 'tool_use', id: `c${call}`, name: 'echo', input: { value: 'same' } }],
        'tool_use',
      );
    };
    expect(await harness.send('loop')).toMatchObject({
      response: expect.stringMatching(/^I stopped because the model repeated the same tool calls/),
    });
    expect(harness.model.requests).toHaveLength(6);
    expect(harness.model.lastRequestText()).toContain('Circuit breaker: this exact echo');
  });

  it('reports a model failure with code and hint and keeps the chat usable', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerFailure(llmErrors.create('AUTH', 'The provider refused the key.')));
    expect(await harness.send('hi')).toMatchObject({
      kind: 'error',
      code: 'MC_LLM_AUTH',
      message: 'The provider refused the key.',
      hint: expect.any(String),
    });
    expect(await harness.transcript()).toEqual(['hi', 'Error: The provider refused the key.']);
    expect(await harness.send('again')).toMatchObject({ kind: 'done', response: 'ok' });
  });

  it('hides an unexpected failure behind an error id', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerFailure(new TypeError('secret detail')));
    const end = await harness.send('hi');
    expect(end).toMatchObject({ kind: 'error', code: 'MC_AGENT_INTERNAL' });
    expect(JSON.stringify(end)).not.toContain('secret detail');
  });
});

describe('stopping', () => {
  it('keeps what was said, tells the session, and ends as aborted', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever('half an ans'));
    const runId = await harness.submit('long');
    await harness.until(runId, 'delta');
    expect(await harness.agent.abortRun(runId)).toBe(true);
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({ kind: 'aborted', text: 'half an ans' });
    await harness.send('next');
    expect(harness.model.lastRequestText()).toContain('The user stopped this run');
    expect(await harness.agent.abortRun(runId)).toBe(false);
  });

  it('gives every call a result when it comes in the middle of a batch', async () => {
    const slow = testTool('slow', (_value, signal) => {
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      return promise;
    });
    harness = await AgentHarness.create([slow, echo]);
    harness.model.enqueue(answerCalls({ id: 'a', name: 'slow' }, { id: 'b', name: 'echo' }));
    const runId = await harness.submit('go');
    await harness.until(runId, 'tool_start');
    await harness.agent.abortRun(runId);
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('aborted');
    await harness.send('next');
    const blocks = harness.model.requests.at(-1)?.messages.flatMap((message) => message.content) ?? [];
    const answered = blocks.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
    expect(answered).toEqual(['a', 'b']);
  });

  it('ends waiting requests of the chat at once', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever());
    const first = await harness.submit('one');
    await harness.until(first, 'iteration');
    const second = await harness.submit('two');
    const chat = await harness.chat();
    expect(await harness.agent.abortChat(chat.chatId)).toBe(2);
    expect((await harness.agent.waitForEnd(second)).kind).toBe('aborted');
    expect((await harness.agent.waitForEnd(first)).kind).toBe('aborted');
  });

  it('fails a turn that exceeds its time and tells the user', async () => {
    harness = await AgentHarness.create([], { turnTimeoutMs: 50 });
    harness.model.enqueue(answerNever());
    expect(await harness.send('hang')).toMatchObject({ kind: 'error', code: 'MC_AGENT_DEADLINE' });
  });
});

describe('the queue', () => {
  it('accepts a platform message once', async () => {
    harness = await AgentHarness.create();
    const first = await harness.submit('hi', 'main', 'tg-1');
    const again = await harness.submit('hi', 'main', 'tg-1');
    expect(again).toBe(first);
    await harness.agent.waitForEnd(first);
    expect(await harness.transcript()).toEqual(['hi', 'ok']);
  });

  it('refuses more waiting messages than configured, without losing one that was accepted', async () => {
    harness = await AgentHarness.create([], { queueMaxPending: 2 });
    harness.model.enqueue(answerNever());
    const running = await harness.submit('one');
    await harness.until(running, 'iteration');
    const waiting = [await harness.submit('two'), await harness.submit('three')];
    await expect(harness.submit('four')).rejects.toMatchObject({
      code: 'MC_AGENT_QUEUE_FULL',
      kind: 'transient',
    });
    await harness.agent.abortRun(running);
    for (const runId of waiting) expect((await harness.agent.waitForEnd(runId)).kind).toBe('done');
  });

  it('answers a waiting message by a turn of its own when injection is off', async () => {
    harness = await AgentHarness.create([echo], { enableMidTurnInjection: false });
    const gate = Promise.withResolvers<void>();
    harness.model.enqueue(async () => {
      await gate.promise;
      return response([{ type: 'tool_use', id: 'a', name: 'echo', input: {} }], 'tool_use');
    });
    harness.model.enqueue(answerText('first'), answerText('second'));
    const first = await harness.submit('one');
    const second = await harness.submit('two');
    gate.resolve();
    expect(await harness.agent.waitForEnd(first)).toMatchObject({ response: 'first' });
    expect(await harness.agent.waitForEnd(second)).toMatchObject({ response: 'second' });
  });

  it('folds a waiting message into the running turn after a tool batch', async () => {
    harness = await AgentHarness.create([echo]);
    const gate = Promise.withResolvers<void>();
    harness.model.enqueue(async () => {
      await gate.promise;
      return response([{ type: 'tool_use', id: 'a', name: 'echo', input: {} }], 'tool_use');
    });
    harness.model.enqueue(answerText('both'));
    const first = await harness.submit('one');
    const second = await harness.submit('also two');
    gate.resolve();
    expect(await harness.agent.waitForEnd(second)).toMatchObject({ kind: 'done', foldedInto: first });
    expect(await harness.agent.waitForEnd(first)).toMatchObject({ response: 'both' });
    expect(harness.model.lastRequestText().split('also two')).toHaveLength(2);
    expect(await harness.agent.find(second)).toMatchObject({ state: 'done' });
  });
});

describe('a reset under a running turn', () => {
  it('ends the turn and keeps the session empty', async () => {
    harness = await AgentHarness.create();
    const gate = Promise.withResolvers<void>();
    harness.model.enqueue(async () => {
      await gate.promise;
      return response([{ type: 'text', text: 'too late' }]);
    });
    const runId = await harness.submit('hi');
    await harness.until(runId, 'iteration');
    const chat = await harness.chat();
    await harness.repositories.chats.resetContext(chat.chatId, { messages: true });
    gate.resolve();
    expect((await harness.agent.waitForEnd(runId)).kind).toBe('aborted');
    expect((await harness.repositories.sessions.load(chat.chatId))?.entries).toEqual([]);
    await harness.send('fresh');
    expect(harness.model.lastRequestText()).not.toContain('too late');
  });
});

describe('compaction', () => {
  it('replaces the older part by a summary, once, and keeps it over a restart', async () => {
    harness = await AgentHarness.create([], { maxSessionMessages: 5, compactKeepRecent: 2 });
    for (const text of ['one', 'two', 'three']) await harness.send(text);
    harness.model.enqueue(answerText('THE SUMMARY'), answerText('fine'));
    await harness.send('four');
    expect(harness.model.requests.at(-2)?.requestKind).toBe('compaction');
    const sent = harness.model.lastRequestText();
    expect(sent).toContain('[Conversation Summary]\\nTHE SUMMARY');
    expect(sent).not.toContain('>one<');
    await harness.restart();
    await harness.send('five');
    expect(harness.model.lastRequestText()).toContain('THE SUMMARY');
  });

  it('falls back to a shortened text when the model cannot summarise', async () => {
    harness = await AgentHarness.create([], { maxSessionMessages: 2, compactKeepRecent: 1 });
    await harness.send('one');
    harness.model.enqueue(answerFailure(llmErrors.create('UNAVAILABLE', 'down')), answerText('still here'));
    expect(await harness.send('two')).toMatchObject({ kind: 'done', response: 'still here' });
    expect(harness.model.lastRequestText()).toContain('shortened without a model');
  });

  it('compacts and repeats the request once when the provider says the input is too long', async () => {
    harness = await AgentHarness.create([], { compactKeepRecent: 1 });
    await harness.send('one');
    const overflow = () => answerFailure(llmErrors.create('CONTEXT_OVERFLOW', 'too long'));
    harness.model.enqueue(overflow(), answerText('SUM'), answerText('made it'));
    expect(await harness.send('two')).toMatchObject({ response: 'made it' });
    harness.model.enqueue(overflow(), answerText('SUM'), overflow());
    expect(await harness.send('three')).toMatchObject({ kind: 'error', code: 'MC_LLM_CONTEXT_OVERFLOW' });
  });

  it('compacts before a request that would fill the window', async () => {
    harness = await AgentHarness.create([], { modelContextWindow: 1000, compactKeepRecent: 1 });
    harness.model.enqueue(answerText('big', 'end_turn', 900));
    await harness.send('one');
    harness.model.enqueue(answerText('SUM'), answerText('after'));
    expect(await harness.send('two')).toMatchObject({ response: 'after' });
    expect(harness.model.lastRequestText()).toContain('SUM');
  });
});

describe('a restart', () => {
  it('continues an interrupted request and says so', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever());
    const runId = await harness.submit('hi');
    await harness.until(runId, 'iteration');
    harness.model.enqueue(answerText('after all'));
    await harness.restart();
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({
      response: '↻ Resumed after restart.\n\nafter all',
    });
    expect(await harness.transcript()).toEqual(['hi', '↻ Resumed after restart.\n\nafter all']);
  });

  it('numbers the events of a continued run above the earlier ones', async () => {
    harness = await AgentHarness.create();
    harness.model.enqueue(answerNever());
    const runId = await harness.submit('hi');
    await harness.until(runId, 'iteration');
    await harness.restart();
    const end = await harness.agent.waitForEnd(runId);
    expect(end.seq).toBeGreaterThan(1_000_000);
  });

  it('gives up a turn that was interrupted too often, visibly', async () => {
    harness = await AgentHarness.create([], { maxResumes: 1 });
    harness.model.fallback = answerNever();
    const runId = await harness.submit('poison');
    await harness.until(runId, 'iteration');
    await harness.restart();
    await harness.until(runId, 'iteration');
    await harness.restart();
    expect(await harness.agent.waitForEnd(runId)).toMatchObject({ kind: 'error', code: 'MC_AGENT_EXPIRED' });
  });

  it('still knows how a run of an earlier process ended', async () => {
    harness = await AgentHarness.create();
    const end = await harness.send('hi');
    await harness.restart();
    expect(await harness.agent.find(end.runId)).toMatchObject({ state: 'done', lastEventSeq: end.seq });
    expect((await harness.events(end.runId)).map((event) => event.kind)).toEqual(['done']);
    expect(await harness.agent.find('unknown')).toBeUndefined();
  });
});
