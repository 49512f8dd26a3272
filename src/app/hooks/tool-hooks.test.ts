import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HookFixture, printing } from '../../../test/support/hook-fixture.ts';
import { callScope, executorFixture } from '../../../test/support/tool-fixture.ts';
import { passThroughPorts } from '../../tools/ports.ts';
import { defineTool, type Tool, type ToolOutcome } from '../../tools/tool.ts';
import { createToolHooks } from './tool-hooks.ts';

/** A tool that repeats its input, or returns `outcome`. */
function echoTool(name: string, outcome?: ToolOutcome): Tool {
  return defineTool({
    name,
    description: 'Repeats its input.',
    input: z.object({ text: z.string() }),
    risk: 'low',
    concurrency: 'read_only',
    defaultTimeoutSecs: 30,
    summarize: ({ text }) => text,
    run: async (input) => outcome ?? { content: JSON.stringify(input) },
  });
}

async function fixture(tools: readonly Tool[] = [echoTool('echo')]) {
  const hooks = await HookFixture.open();
  const ports = { ...passThroughPorts, hooks: createToolHooks(hooks.runner) };
  const executor = await executorFixture(tools, { ports });
  return { hooks, ...executor };
}

const block = (reason?: string) => printing({ action: 'block', ...(reason === undefined ? {} : { reason }) });
const modify = (patch: object) => printing({ action: 'modify', patch });

describe('a BeforeToolCall hook', () => {
  test('that blocks answers the call with its reason, and the tool does not run', async () => {
    const { hooks, call } = await fixture();
    await hooks.add('h', { command: block('not today') });
    expect(await call('echo', { text: 'x' })).toMatchObject({
      content: 'not today',
      isError: true,
      errorType: 'hook_blocked',
      ran: false,
    });
    expect(await hooks.auditRows()).toEqual(['h/BeforeToolCall/block: not today']);
  });

  test('that blocks without a reason is named', async () => {
    const { hooks, call } = await fixture();
    await hooks.add('h', { command: block() });
    expect(await call('echo', { text: 'x' })).toMatchObject({ content: 'blocked by hook h' });
  });

  test('replaces the input, which is checked like one of the model', async () => {
    const { hooks, call } = await fixture();
    await hooks.add('h', {
      command: modify({ tool_input: { text: 'patched', __microclaw_auth: 'forged' } }),
    });
    expect((await call('echo', { text: 'x' })).content).toBe('{"text":"patched"}');
    await hooks.add('h', { command: modify({ tool_input: {} }) });
    expect(await call('echo', { text: 'x' })).toMatchObject({ isError: true, ran: false });
  });

  test('that fails with fail_mode closed keeps the tool from running', async () => {
    const { hooks, call } = await fixture();
    await hooks.add('h', { command: 'exit 1', fail_mode: 'closed' });
    expect(await call('echo', { text: 'x' })).toMatchObject({
      content: 'blocked by hook h, which failed (ended with exit code 1)',
      errorType: 'hook_blocked',
      ran: false,
    });
  });
});

describe('an AfterToolCall hook', () => {
  const onResult = (command: string) => ({ events: ['AfterToolCall'], command });

  test('sees the result with its measurements', async () => {
    const { hooks, call } = await fixture([echoTool('echo', { content: 'four', statusCode: 3 })]);
    const show =
      'const {result, iteration} = JSON.parse(require("fs").readFileSync(0));' +
      'console.log(JSON.stringify({action: "modify", patch: {content: JSON.stringify({result, iteration})}}))';
    await hooks.add('h', { ...onResult(`"$MICROCLAW_HOOK_NODE" -e '${show}'`), timeout_ms: 10_000 });
    const { content } = await call('echo', { text: 'x' }, callScope({ iteration: 4 }));
    expect(JSON.parse(content)).toEqual({
      iteration: 4,
      result: {
        content: 'four',
        is_error: false,
        status_code: 3,
        bytes: 4,
        duration_ms: expect.any(Number),
        error_type: null,
      },
    });
  });

  test('that blocks takes the result away, with its metadata', async () => {
    const outcome = { content: 'secret', metadata: { copy: 'secret' } };
    const { hooks, call } = await fixture([echoTool('echo', outcome)]);
    await hooks.add('h', onResult(block('withheld')));
    const result = await call('echo', { text: 'x' });
    expect(result).toMatchObject({ content: 'withheld', isError: true, statusCode: 1, ran: true });
    expect(result.errorType).toBe('hook_blocked');
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  test('that blocks a failure keeps its error type', async () => {
    const outcome = { content: 'x', isError: true, errorType: 'timeout' };
    const { hooks, call } = await fixture([echoTool('echo', outcome)]);
    await hooks.add('h', onResult(block('withheld')));
    expect(await call('echo', { text: 'x' })).toMatchObject({ content: 'withheld', errorType: 'timeout' });
  });

  test('changes content, error and status', async () => {
    const { hooks, call } = await fixture();
    const patch = { content: 'changed', is_error: true, error_type: 'own_type', status_code: 418 };
    await hooks.add('h', onResult(modify(patch)));
    expect(await call('echo', { text: 'x' })).toMatchObject({
      content: 'changed',
      isError: true,
      errorType: 'own_type',
      statusCode: 418,
    });
  });

  test('that calls a failure a success leaves nothing of the failure', async () => {
    const outcome = { content: 'x', isError: true, statusCode: 7, errorType: 'process_exit' };
    const { hooks, call } = await fixture([echoTool('echo', outcome)]);
    await hooks.add('h', onResult(modify({ is_error: false })));
    const result = await call('echo', { text: 'x' });
    expect(result).toMatchObject({ content: 'x', isError: false, statusCode: 0 });
    expect(result.errorType).toBeUndefined();
  });

  test('applies to every call of a parallel wave', async () => {
    const { hooks, executor } = await fixture();
    await hooks.add('h', { ...onResult(modify({ content: 'masked' })), timeout_ms: 10_000 });
    const calls = ['a', 'b', 'c'].map((id) => ({ toolUseId: id, name: 'echo', input: { text: id } }));
    const observer = { started: async () => {}, progress: () => {}, finished: async () => {} };
    const results = await executor.execute(calls, callScope(), observer);
    expect(results.map((result) => result.content)).toEqual(['masked', 'masked', 'masked']);
    expect(await hooks.auditRows()).toHaveLength(3);
  });

  test('that fails with fail_mode closed withholds the result', async () => {
    const { hooks, call } = await fixture([echoTool('echo', { content: 'secret' })]);
    await hooks.add('h', { ...onResult('exit 1'), fail_mode: 'closed' });
    const { content, errorType } = await call('echo', { text: 'x' });
    expect(content).toBe('blocked by hook h, which failed (ended with exit code 1)');
    expect(errorType).toBe('hook_blocked');
  });
});
