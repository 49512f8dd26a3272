/** The hooks of the directory `hooks/` of this repository, run as the program runs them. */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realHookProcess } from '../../test/support/hook-fixture.ts';
import { parseHookAnswer } from './hook-answer.ts';
import type { HookDefinition } from './hook-definition.ts';
import { HookDiscovery } from './hook-discovery.ts';

const ROOT = resolve(import.meta.dirname, '../../hooks');

async function samples(): Promise<ReadonlyMap<string, HookDefinition>> {
  const { hooks, problems } = await new HookDiscovery([ROOT]).scan();
  expect(problems).toEqual([]);
  return new Map(hooks.map((hook) => [hook.name, hook]));
}

async function ask(name: string, payload: object) {
  const hook = (await samples()).get(name);
  if (hook === undefined) throw new Error(`there is no sample ${name}`);
  const exit = await realHookProcess({
    command: hook.command,
    cwd: hook.directory,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', MICROCLAW_HOOK_NODE: process.execPath },
    input: JSON.stringify(payload),
    timeoutMs: 10_000,
    maxOutputBytes: 65_536,
    signal: new AbortController().signal,
  });
  if (exit.kind !== 'exited' || exit.exitCode !== 0) throw new Error(JSON.stringify(exit));
  return parseHookAnswer(exit.stdout);
}

describe('the sample hooks', () => {
  test('are four; the two that cost every call or refuse commands are switched off', async () => {
    const hooks = [...(await samples()).values()];
    expect(hooks.map(({ name, enabled }) => `${name} ${enabled}`)).toEqual([
      'block-bash false',
      'block-global-memory true',
      'filter-global-structured-memory true',
      'redact-tool-output false',
    ]);
    for (const hook of hooks.filter(({ enabled }) => enabled)) expect(hook.tools).not.toEqual([]);
  });

  test('block-bash refuses commands', async () => {
    expect(await ask('block-bash', { tool_name: 'bash' })).toMatchObject({ kind: 'block' });
  });

  test('block-global-memory refuses the scope global only', async () => {
    const memory = (scope: string) =>
      ask('block-global-memory', { tool_name: 'write_memory', tool_input: { scope, content: 'x' } });
    expect(await memory('global')).toMatchObject({ kind: 'block' });
    expect(await memory('chat')).toEqual({ kind: 'allow' });
  });

  test('filter-global-structured-memory removes the lines of scope global', async () => {
    const search = (content: string) => ask('filter-global-structured-memory', { result: { content } });
    expect(await search('[chat] tea\n[global] coffee\n[chat] milk')).toEqual({
      kind: 'modify',
      patch: { content: '[chat] tea\n[chat] milk' },
    });
    expect(await search('[global] coffee')).toMatchObject({
      patch: { content: 'No memories of this chat match.' },
    });
    expect(await search('[chat] tea')).toEqual({ kind: 'allow' });
  });

  test('redact-tool-output masks addresses and tokens', async () => {
    const token = ['ghp', 'a1b2c3d4e5f6a7b8c9d0'].join('_');
    const redact = (content: string) => ask('redact-tool-output', { result: { content } });
    expect(await redact(`mail ada@example.org, token ${token}.`)).toEqual({
      kind: 'modify',
      patch: { content: 'mail [email], token [token].' },
    });
    expect(await redact('nothing to hide')).toEqual({ kind: 'allow' });
  });
});
