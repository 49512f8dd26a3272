import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HookFixture, printing, toolCallEvent } from '../../test/support/hook-fixture.ts';

/** A command that answers with what it was given. */
const ECHO_INPUT = `"$MICROCLAW_HOOK_NODE" -e '
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify({action: "block", reason: JSON.stringify(input)}))'`;

describe('hooks of an event', () => {
  test('are not run for other events or other tools', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('other-event', { events: ['AfterTurn'], command: printing({ action: 'block' }) });
    await hooks.add('other-tool', { tools: ['grep'], command: printing({ action: 'block' }) });
    const payload = () => {
      throw new Error('nobody wants the payload');
    };
    expect(await hooks.runner.run(toolCallEvent({ payload }))).toEqual({ kind: 'unchanged' });
  });

  test('get one JSON object with the event, the chat and the fields', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('h', { command: ECHO_INPUT, timeout_ms: 10_000 });
    const verdict = await hooks.runner.run(toolCallEvent());
    expect(JSON.parse(verdict.kind === 'blocked' ? (verdict.reason ?? '') : '')).toEqual({
      event: 'BeforeToolCall',
      chat_id: 7,
      caller_channel: 'web',
      iteration: 1,
      tool_name: 'bash',
      tool_input: { command: 'ls' },
    });
  });

  test('know their event and name from the environment', async () => {
    const hooks = await HookFixture.open();
    const command = `printf '{"action":"block","reason":"%s %s"}' "$MICROCLAW_HOOK_EVENT" "$MICROCLAW_HOOK_NAME"`;
    await hooks.add('h', { command });
    expect(await hooks.runner.run(toolCallEvent())).toMatchObject({ reason: 'BeforeToolCall h' });
  });

  test('allow without an audit row', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('quiet', { command: 'true' });
    await hooks.add('talking', { command: printing({ action: 'allow' }) });
    expect(await hooks.runner.run(toolCallEvent())).toEqual({ kind: 'unchanged' });
    expect(await hooks.auditRows()).toEqual([]);
  });

  test('block at the first one that says so; later ones are not asked', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('b', { command: `${printing({ action: 'block', reason: 'second' })}` });
    await hooks.add('a', { command: printing('noise {"action":"block","reason":"no"}') });
    const verdict = await hooks.runner.run(toolCallEvent());
    expect(verdict).toEqual({ kind: 'blocked', hook: 'a', reason: 'no' });
    expect(await hooks.auditRows()).toEqual(['a/BeforeToolCall/block: no']);
  });

  test('see what the hooks before them changed', async () => {
    const hooks = await HookFixture.open();
    const patch = { tool_input: { command: 'pwd' }, tool_name: 'not honoured' };
    await hooks.add('change', { priority: 1, command: printing({ action: 'modify', patch }) });
    await hooks.add('look', { priority: 2, command: ECHO_INPUT, timeout_ms: 10_000 });
    const verdict = await hooks.runner.run(toolCallEvent());
    const seen = JSON.parse(verdict.kind === 'blocked' ? (verdict.reason ?? '') : '');
    expect(seen).toMatchObject({ tool_name: 'bash', tool_input: { command: 'pwd' } });
  });

  test('change the payload, with a row each', async () => {
    const hooks = await HookFixture.open();
    const patchWith = (command: string) => ({ action: 'modify', patch: { tool_input: { command } } });
    await hooks.add('a', { command: printing(patchWith('first')) });
    await hooks.add('b', { command: printing(patchWith('second')) });
    const verdict = await hooks.runner.run(toolCallEvent());
    expect(verdict).toMatchObject({ kind: 'changed', payload: { tool_input: { command: 'second' } } });
    expect(await hooks.auditRows()).toEqual([
      'a/BeforeToolCall/modify: changed tool_input',
      'b/BeforeToolCall/modify: changed tool_input',
    ]);
  });

  test('are obeyed or not as hooks_state.json says at that moment', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('h', { command: printing({ action: 'block', reason: 'no' }) });
    expect(await hooks.runner.run(toolCallEvent())).toMatchObject({ kind: 'blocked' });
    await hooks.setState({ h: false });
    expect(await hooks.runner.run(toolCallEvent())).toEqual({ kind: 'unchanged' });
    await hooks.setState({ h: true });
    expect(await hooks.runner.run(toolCallEvent())).toMatchObject({ kind: 'blocked' });
  });

  test('are not failures when the caller stops', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('h', { command: 'sleep 60', fail_mode: 'closed' });
    const stopped = toolCallEvent({ signal: AbortSignal.timeout(100) });
    expect(await hooks.runner.run(stopped)).toEqual({ kind: 'unchanged' });
    expect(await hooks.auditRows()).toEqual([]);
  });

  test('may say what they like after a turn: it changes nothing', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('h', { events: ['AfterTurn'], command: printing({ action: 'block', reason: 'no' }) });
    const { toolName: _, ...event } = toolCallEvent({ event: 'AfterTurn' });
    expect(await hooks.runner.run(event)).toEqual({ kind: 'unchanged' });
    expect(await hooks.auditRows()).toEqual([]);
  });
});

/** Every way a hook can fail, with the beginning of what is said about it. */
const FAILURES: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['sleeps for ever', { command: 'sleep 86400', timeout_ms: 100 }, 'timed out after 100 ms'],
  ['prints ten megabytes', { command: 'head -c 10485760 /dev/zero' }, 'printed more than max_output_bytes'],
  [
    'exits with 1',
    { command: 'echo "bad configured-secret" >&2; exit 1' },
    'ended with exit code 1: bad [REDACTED:KEY]',
  ],
  ['is killed', { command: 'kill -9 $$' }, 'was ended by a signal'],
  ['prints half a JSON', { command: printing('{"action":"blo') }, 'printed something that is not an answer'],
  ['is no command', { command: 'no-such-program-here' }, 'ended with exit code 127'],
  [
    'patches with a wrong type',
    { command: printing({ action: 'modify', patch: { tool_input: 'ls' } }) },
    'patch.tool_input has the wrong type',
  ],
];

describe('a hook that fails', () => {
  test.each(FAILURES)('because it %s is skipped, with one audit row', async (_how, fields, detail) => {
    const hooks = await HookFixture.open();
    await hooks.add('broken', { timeout_ms: 10_000, ...fields });
    const patch = { tool_input: { command: 'pwd' } };
    await hooks.add('working', { command: printing({ action: 'modify', patch }), timeout_ms: 10_000 });
    expect(await hooks.runner.run(toolCallEvent())).toMatchObject({ kind: 'changed', payload: patch });
    const [row, ...others] = await hooks.auditRows();
    expect(row).toContain(`broken/BeforeToolCall/error: ${detail}`);
    expect(others).toEqual(['working/BeforeToolCall/modify: changed tool_input']);
  });

  test.each(FAILURES)('because it %s blocks when its fail_mode is closed', async (_how, fields, detail) => {
    const hooks = await HookFixture.open();
    await hooks.add('broken', { timeout_ms: 10_000, fail_mode: 'closed', ...fields });
    const verdict = await hooks.runner.run(toolCallEvent());
    expect(verdict).toMatchObject({
      kind: 'blocked',
      hook: 'broken',
      reason: expect.stringContaining('blocked by hook broken, which failed ('),
    });
    expect(JSON.stringify(verdict)).not.toContain('configured-secret');
    const rows = await hooks.auditRows();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`broken/BeforeToolCall/error: ${detail}`);
  });

  test('is not given an input over the limit', async () => {
    const hooks = await HookFixture.open({ maxInputBytes: 1024 });
    await hooks.add('h', { command: printing({ action: 'block' }) });
    const payload = () => ({ tool_name: 'bash', tool_input: { command: 'x'.repeat(1024) } });
    expect(await hooks.runner.run(toolCallEvent({ payload }))).toEqual({ kind: 'unchanged' });
    expect(await hooks.auditRows()).toEqual([expect.stringContaining('is over max_input_bytes (1024)')]);
  });

  test('because it was deleted is noticed once', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('h', { command: 'true' });
    await hooks.runner.run(toolCallEvent());
    await hooks.remove('h');
    expect(await hooks.runner.run(toolCallEvent())).toEqual({ kind: 'unchanged' });
    expect(await hooks.runner.run(toolCallEvent())).toEqual({ kind: 'unchanged' });
    expect(await hooks.auditRows()).toEqual([expect.stringContaining('h/BeforeToolCall/error: ')]);
  });

  test('because it was deleted keeps blocking when its fail_mode is closed, until it is disabled', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('h', { command: 'true', fail_mode: 'closed' });
    await hooks.runner.run(toolCallEvent());
    await hooks.remove('h');
    expect(await hooks.runner.run(toolCallEvent())).toMatchObject({ kind: 'blocked' });
    expect(await hooks.runner.run(toolCallEvent())).toMatchObject({ kind: 'blocked' });
    await hooks.setState({ h: false });
    expect(await hooks.runner.run(toolCallEvent())).toEqual({ kind: 'unchanged' });
  });

  test('because it deletes itself while it runs still counts for this call', async () => {
    const hooks = await HookFixture.open();
    const directory = join(hooks.root, 'h');
    await hooks.add('h', {
      command: `rm -rf '${directory}'; ${printing({ action: 'block', reason: 'last' })}`,
    });
    expect(await hooks.runner.run(toolCallEvent())).toMatchObject({ reason: 'last' });
    await rm(directory, { recursive: true, force: true });
    expect(await hooks.runner.run(toolCallEvent())).toEqual({ kind: 'unchanged' });
    expect(await hooks.auditRows()).toHaveLength(2);
  });

  test('is logged with what happened so far', async () => {
    const hooks = await HookFixture.open();
    await hooks.add('h', { command: 'exit 1' });
    await hooks.runner.run(toolCallEvent());
    await hooks.runner.run(toolCallEvent());
    expect(hooks.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: 'hook failed',
      hook: 'h',
      runs: 2,
      failures: 2,
      blocks: 0,
    });
  });
});
