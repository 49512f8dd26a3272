/** The three levels of a tool's time limit, seen by their effect: the call, the override, the default. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebToolsHarness } from '../support/web-tools-harness.ts';

let web: WebToolsHarness;
beforeEach(() => {
  web = new WebToolsHarness();
});
afterEach(() => web.dispose());

const HANGS = { command: 'sleep 20' };
const bash = (input: Readonly<Record<string, unknown>> = {}) => web.call('bash', { ...HANGS, ...input });

describe('bash ends', () => {
  it('after the override, which wins over the default, and after what the call asks for, which wins over both', async () => {
    await web.start({ default_tool_timeout_secs: 15, tool_timeout_overrides: { ' BASH ': 1 } });
    expect(await bash()).toContain('timed out after 1 second');
    expect(await bash({ timeout_secs: 2 })).toContain('timed out after 2 second');
  });

  it('after the default when nothing else is said', async () => {
    await web.start({ default_tool_timeout_secs: 1 });
    expect(await bash()).toContain('timed out after 1 second');
  });
});

describe('web_fetch ends', () => {
  const silent = () => web.serve(() => {});
  const local = { web_fetch_url_validation: { allowlist_hosts: ['localhost'] } };

  it('after the override, which wins over the default, and after what the call asks for, which wins over both', async () => {
    const { url } = await silent();
    await web.start({ ...local, default_tool_timeout_secs: 15, tool_timeout_overrides: { web_fetch: 2 } });
    expect(await web.fetch(url)).toContain('timed out after 2 second');
    expect(await web.call('web_fetch', { url, timeout_secs: 1 })).toContain('timed out after 1 second');
  });

  it('after the default when nothing else is said', async () => {
    const { url } = await silent();
    await web.start({ ...local, default_tool_timeout_secs: 1 });
    expect(await web.fetch(url)).toContain('timed out after 1 second');
  });
});

it('a limit of 0 is no limit of 0 seconds: the tool keeps its own', async () => {
  await web.start({ default_tool_timeout_secs: 0, tool_timeout_overrides: { bash: 0 } });
  expect(await web.call('bash', { command: 'echo quick' })).toContain('quick');
});
