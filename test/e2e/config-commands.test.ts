/** `microclaw config get|set|unset|explain|reload`, with and without a server. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

let home: MicroclawHome;
let server: RunningMicroclaw | undefined;

beforeEach(async () => {
  home = await createHome({ taint_policy: 'ask', web_auth_token: 'a-long-shared-credential' });
  await writeFile(home.configPath, `# mine\n${await readFile(home.configPath, 'utf8')}`);
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await home.dispose();
});

const config = (...args: readonly string[]) => runMicroclaw(home, ['config', ...args]);
const file = () => readFile(home.configPath, 'utf8');

describe.each([false, true])('with a running server: %s', (hasServer) => {
  beforeEach(async () => {
    if (hasServer) server = await startMicroclaw(home);
  });

  it('reads one value, a block and everything, and prints no credential', async () => {
    expect(await config('get', 'taint_policy')).toMatchObject({ code: 0, stdout: 'ask\n' });
    expect((await config('get', 'sandbox.no_network')).stdout).toBe('true\n');
    expect((await config('get', 'sandbox')).stdout).toContain('mode: off');
    const everything = (await config('get')).stdout;
    expect(everything).toContain('web_auth_token: "***"');
    expect(everything).not.toContain('a-long-shared-credential');
    expect((await config('get', 'web_auth_token')).stdout).toBe('***\n');
  });

  it('changes and removes a key, keeps comments, and says when it is in force', async () => {
    const live = hasServer ? 'in force now: taint_policy\n' : 'written: taint_policy\n';
    expect(await config('set', 'taint_policy', 'block')).toMatchObject({ code: 0, stdout: live });
    const later = hasServer ? 'in force after a restart: sandbox.pids_limit\n' : 'written: sandbox\n';
    expect((await config('set', 'sandbox.pids_limit', '77')).stdout).toBe(later);
    expect(await file()).toMatch(/^# mine\n.*taint_policy: block.*pids_limit: 77/s);
    await config('set', 'tool_policy.deny_tools', '[bash, write_file]');
    expect((await config('get', 'tool_policy.deny_tools')).stdout).toBe('- bash\n- write_file\n');
    await config('unset', 'taint_policy');
    expect(await file()).not.toContain('taint_policy');
    expect((await config('get', 'taint_policy')).stdout).toBe('ask\n');
  });

  it('explains a key and a block', async () => {
    const { stdout } = await config('explain', 'taint_policy');
    expect(stdout).toContain('off | ask | block');
    expect(stdout).toContain(`value    ask (set in ${home.configPath})`);
    expect(stdout).toContain('a change is in force at once');
    const block = (await config('explain', 'sandbox')).stdout;
    expect(block).toContain('sandbox.mode\n');
    expect(block).toContain('a change is in force after a restart');
    const entry = (await config('explain', 'tool_timeout_overrides.bash')).stdout;
    expect(entry).toMatch(/^tool_timeout_overrides\n[\s\S]*mapping or list/);
    expect((await config('explain', 'web_auth_token')).stdout).toContain('value    *** (set in');
  });

  it('refuses unknown keys with a suggestion, and values that are wrong, and writes nothing', async () => {
    const before = await file();
    expect(await config('set', 'taint_polcy', 'off')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Unknown config key `taint_polcy`.*taint_policy/),
    });
    for (const [key, value] of [
      ['taint_policy', 'sometimes'],
      ['max_tokens', 'many'],
      ['taint_policy', ''],
    ] as const) {
      expect(await config('set', key, value)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(key),
      });
    }
    expect((await config('get', 'nope')).code).toBe(1);
    expect(await file()).toBe(before);
  });

  it('keeps every digit of an id, and an entry of a map beside others', async () => {
    await config('set', 'control_chat_ids', '[1234567890123456789, -5]');
    expect(await file()).toContain('1234567890123456789');
    await config('set', 'tool_timeout_overrides', '{read_file: 8}');
    expect(await config('set', 'tool_timeout_overrides.bash', '9')).toMatchObject({ code: 0 });
    expect((await config('get', 'tool_timeout_overrides')).stdout).toBe('read_file: 8\nbash: 9\n');
    await config('unset', 'tool_timeout_overrides.read_file');
    expect((await config('get', 'tool_timeout_overrides')).stdout).toBe('bash: 9\n');
  });

  it('says that a value is no YAML', async () => {
    const { code, stderr } = await config('set', 'model', 'a: b: c');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: model: YAML syntax error: .*\nhint: .* \(MC_CLI_INVALID_VALUE\)\n$/);
  });

  it('reload tells the server, or says that there is none', async () => {
    const { code, stdout, stderr } = await config('reload');
    expect({ code, text: stdout + stderr }).toEqual(
      hasServer
        ? { code: 0, text: 'nothing changed\n' }
        : { code: 1, text: expect.stringContaining('no server runs on this data directory') },
    );
  });
});
