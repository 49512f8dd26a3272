import { describe, expect, it } from 'vitest';
import { commandLine } from '../../../test/support/command-fixture.ts';
import type { Command } from './command.ts';

function command(name: string, level: Command['level'], aliases: readonly string[] = []): Command {
  return {
    name,
    aliases,
    usage: `/${name} [text]`,
    summary: `does ${name}`,
    level,
    run: async ({ args }) => `${name}(${args})`,
  };
}

const say = commandLine([command('model', 'admin'), command('status', 'everyone', ['st'])]);

describe('a slash command', () => {
  it('is found by name and alias in any case, with its arguments', async () => {
    expect(await say('/status now')).toBe('status(now)');
    expect(await say('@bot /ST  please ')).toBe('status(please)');
    expect(await say('no command')).toBeUndefined();
  });

  it('for the operator runs for operators, local callers and in control chats only', async () => {
    for (const kind of ['operator', 'local'] as const) {
      expect(await say('/model x', { actor: { kind, id: 'a' } })).toBe('model(x)');
    }
    for (const kind of ['channel_user', 'api_key', 'peer', 'scheduler', 'subagent', 'hook'] as const) {
      expect(await say('/model x', { actor: { kind, id: 'a' } })).toBe(
        '/model is for the operator and control chats only.',
      );
    }
    const member = { actor: { kind: 'channel_user', id: 'a' }, isControlChat: true } as const;
    expect(await say('/model x', member)).toBe('model(x)');
  });

  it.each([
    ['/frobnicate', 'Unknown command.'],
    ['/statsu', 'Unknown command. Did you mean /status?'],
    ['/modle', 'Unknown command. Did you mean /model?'],
  ])('%s is answered with %j', async (text, answer) => {
    expect(await say(text)).toBe(answer);
  });

  it.each(['/help', '/commands', '/?'])('%s lists every command', async (text) => {
    const help = (await say(text)) ?? '';
    expect(help.split('\n')[0]).toBe('MicroClaw commands');
    expect(help).toContain('`/help` – this list');
    expect(help).toContain('`/model [text]` – does model');
    expect(help).toContain('`/status [text]` – does status');
  });
});
