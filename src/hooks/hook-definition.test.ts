import { describe, expect, test } from 'vitest';
import { type HookDefinition, parseHookFile } from './hook-definition.ts';

async function parse(frontMatter: string): Promise<HookDefinition> {
  const parsed = await parseHookFile(`---\n${frontMatter}\n---\n`, '/hooks/my-hook');
  if (parsed.kind === 'rejected') throw new Error(parsed.reason);
  return parsed.hook;
}

async function rejection(text: string): Promise<string> {
  const parsed = await parseHookFile(text, '/hooks/my-hook');
  return parsed.kind === 'rejected' ? parsed.reason : 'accepted';
}

const MINIMAL = 'events: [BeforeToolCall]\ncommand: ./run.sh';

describe('a HOOK.md', () => {
  test('needs events and a command; everything else has a default', async () => {
    expect(await parse(MINIMAL)).toEqual({
      name: 'my-hook',
      description: '',
      events: ['BeforeToolCall'],
      command: './run.sh',
      enabled: true,
      timeoutMs: 1500,
      priority: 100,
      failMode: 'open',
      tools: [],
      directory: '/hooks/my-hook',
      path: '/hooks/my-hook/HOOK.md',
    });
  });

  test('says everything about the hook', async () => {
    const hook = await parse(
      'name: other\ndescription: d\nevents: [AfterTurn, BeforeLLMCall]\ncommand: c\nenabled: false\n' +
        'timeout_ms: 200\npriority: -5\nfail_mode: closed\ntools: [bash, grep]',
    );
    expect(hook).toMatchObject({
      name: 'other',
      description: 'd',
      events: ['BeforeLLMCall', 'AfterTurn'],
      enabled: false,
      timeoutMs: 200,
      priority: -5,
      failMode: 'closed',
      tools: ['bash', 'grep'],
    });
  });

  test('may begin with a byte order mark, have Windows line ends and end its front matter with dots', async () => {
    const text = `\uFEFF---\r\nevents: AfterTurn\r\ncommand: c\r\n...\r\ntext`;
    expect(await parseHookFile(text, '/h/x')).toMatchObject({ kind: 'hook', hook: { name: 'x' } });
  });

  test('has its time limit moved into 10 to 120000 ms', async () => {
    expect((await parse(`${MINIMAL}\ntimeout_ms: 1`)).timeoutMs).toBe(10);
    expect((await parse(`${MINIMAL}\ntimeout_ms: 999999999`)).timeoutMs).toBe(120_000);
  });

  test('may name events of other programs beside ours', async () => {
    expect((await parse('events: [OnCoffee, AfterTurn]\ncommand: c')).events).toEqual(['AfterTurn']);
  });

  test('with a misspelt fail_mode blocks on failure', async () => {
    expect((await parse(`${MINIMAL}\nfail_mode: close`)).failMode).toBe('closed');
    expect((await parse(`${MINIMAL}\nfail_mode: open`)).failMode).toBe('open');
  });
});

describe('a HOOK.md is rejected with a reason', () => {
  test.each([
    ['without front matter', 'events: [AfterTurn]', 'front matter'],
    ['without an end of the front matter', '---\nevents: [AfterTurn]\ncommand: c', 'front matter'],
    ['with broken YAML', '---\nevents: [\n---\n', 'YAML syntax error'],
    ['without a command', '---\nevents: [AfterTurn]\n---\n', '`command`'],
    ['without events', '---\ncommand: c\n---\n', '`events`'],
    ['when it knows none of the events', '---\ncommand: c\nevents: [OnCoffee]\n---\n', 'names none of'],
    ['when its name has a tab in it', '---\nname: "a\\tb"\ncommand: c\nevents: AfterTurn\n---\n', '`name`'],
    ['when enabled is no flag', '---\nenabled: "no"\ncommand: c\nevents: AfterTurn\n---\n', '`enabled`'],
  ])('%s', async (_case, text, reason) => {
    expect(await rejection(text)).toContain(reason);
  });
});
