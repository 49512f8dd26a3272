import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  callScope,
  callsTo,
  echoTool,
  executorFixture,
  type FakeRun,
  fakeTool,
  recordingObserver,
} from '../../test/support/tool-fixture.ts';

/** Resolves when its signal is aborted, with the reason's message as content. */
const waitsForAbort: FakeRun = (_input, { signal }) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () =>
      resolve({ content: `partial: ${signal.reason.message}`, isError: true, errorType: 'own' }),
    );
  });

describe('time limits and stopping', () => {
  test('a tool that reaches its limit is told so through its signal and its own answer counts', async () => {
    const waiting = fakeTool('waiting', waitsForAbort, {
      acceptsTimeout: true,
      input: z.object({ timeout_secs: z.number().int().optional() }),
    });
    const { call } = await executorFixture([waiting]);
    expect(await call('waiting', { timeout_secs: 1 })).toMatchObject({
      content: 'partial: waiting timed out after 1 seconds',
      errorType: 'own',
    });
  });

  test('a tool that ignores its signal is answered for after the grace and its late result is dropped', async () => {
    let release = () => {};
    const deaf = fakeTool(
      'deaf',
      () =>
        new Promise((resolve) => {
          release = () => resolve({ content: 'too late' });
        }),
    );
    const logged = Promise.withResolvers<string>();
    const { call } = await executorFixture([deaf], {
      limits: { toolTimeoutOverrides: { deaf: 0.02 }, abortGraceMs: 10 },
      log: { warn: (_fields, message) => logged.resolve(message) },
    });
    const result = await call('deaf', {});
    expect(result).toMatchObject({
      errorType: 'timeout',
      isError: true,
      ran: true,
      content: "Tool 'deaf' timed out after 0.02 seconds",
    });
    release();
    expect(await logged.promise).toBe('tool ended after it was given up on');
  });

  test('a hanging call does not keep its wave from being answered', async () => {
    const deaf = fakeTool('deaf', () => new Promise(() => {}));
    const { executor } = await executorFixture([deaf, echoTool], {
      limits: { toolTimeoutOverrides: { deaf: 0.02 }, abortGraceMs: 10 },
    });
    const results = await executor.execute(callsTo('deaf', 'echo'), callScope(), recordingObserver());
    expect(results.map((result) => result.errorType)).toEqual(['timeout', undefined]);
  });

  test('an abort rejects with its reason after the running call has ended, and begins no other', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped by the user');
    const observer = recordingObserver();
    const cleanedUp: string[] = [];
    const begun = Promise.withResolvers<void>();
    const careful = fakeTool(
      'careful',
      (_input, { signal }) => {
        begun.resolve();
        return new Promise((resolve) => {
          signal.addEventListener('abort', () =>
            setImmediate(() => {
              cleanedUp.push('careful');
              resolve({ content: 'half' });
            }),
          );
        });
      },
      { concurrency: 'side_effect' },
    );
    const { executor } = await executorFixture([careful, echoTool]);
    const running = executor.execute(
      callsTo('careful', 'echo'),
      callScope({ signal: controller.signal }),
      observer,
    );
    await begun.promise;
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(cleanedUp).toEqual(['careful']);
    expect(observer.journal).toEqual(['started careful-0', 'finished careful-0']);
    expect(observer.results[0]?.content).toBe('half');
  });

  test('nothing runs when the turn was already stopped', async () => {
    const observer = recordingObserver();
    const { executor } = await executorFixture([echoTool]);
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(executor.execute(callsTo('echo'), callScope({ signal }), observer)).rejects.toThrow('gone');
    expect(observer.journal).toEqual([]);
  });

  test('a turn stopped while the start of a call is recorded does not run the tool', async () => {
    let ran = false;
    const act = fakeTool('act', async () => {
      ran = true;
      return { content: '' };
    });
    const controller = new AbortController();
    const { executor } = await executorFixture([act]);
    const observer = recordingObserver();
    const stopping = { ...observer, started: async () => controller.abort(new Error('stop')) };
    const running = executor.execute(callsTo('act'), callScope({ signal: controller.signal }), stopping);
    await expect(running).rejects.toThrow('stop');
    expect(ran).toBe(false);
    expect(observer.results[0]?.errorType).toBe('aborted');
  });

  test('a tool that throws is a tool error', async () => {
    const broken = fakeTool('broken', () => {
      throw new Error('no disk');
    });
    const { call } = await executorFixture([broken]);
    expect(await call('broken', {})).toMatchObject({
      isError: true,
      errorType: 'tool_error',
      content: 'Tool failed: no disk',
      ran: true,
    });
  });

  test('a failure to record a call stops the batch and is not hidden', async () => {
    let ran = false;
    const act = fakeTool('act', async () => {
      ran = true;
      return { content: '' };
    });
    const { executor } = await executorFixture([act]);
    const observer = {
      ...recordingObserver(),
      started: async () => {
        throw new Error('disk full');
      },
    };
    await expect(executor.execute(callsTo('act'), callScope(), observer)).rejects.toThrow('disk full');
    expect(ran).toBe(false);
  });
});
