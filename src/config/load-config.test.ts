import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MicroclawError } from '../core/errors.ts';
import { checkText, loadConfig } from './load-config.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microclaw-config-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const check = (text: string, env: Record<string, string> = {}) => checkText(text, { env, baseDir: dir });

async function messages(text: string, severity: 'error' | 'warning') {
  const { problems } = await check(text);
  return problems.filter((problem) => problem.severity === severity).map((problem) => problem.message);
}

async function valid(text: string, env: Record<string, string> = {}) {
  const { config, problems } = await check(text, env);
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return config;
}

async function loadError(env: Record<string, string> = {}, flag?: string): Promise<MicroclawError> {
  const error: unknown = await loadConfig({ flag, env, cwd: dir }).catch((reason: unknown) => reason);
  if (!(error instanceof MicroclawError)) throw new Error(`no MicroclawError: ${String(error)}`);
  return error;
}

describe('a valid file', () => {
  it('gives every key its default', async () => {
    const config = await valid('');
    expect(config).toMatchObject({
      max_tokens: 8192,
      max_session_messages: 40,
      web_host: '127.0.0.1',
      web_port: 10_961,
      working_dir_isolation: 'chat',
      turn_timeout_secs: 1800,
      max_concurrent_turns: 32,
      sandbox: { mode: 'off' },
    });
    expect(config.llm_provider).toBeUndefined();
    expect(config.default_tool_timeout_secs).toBeUndefined();
  });

  it.each(['# only a comment\n', '{}', '---\n', '\uFEFFmax_tokens: 8192'])(
    'may be as empty as %j',
    async (text) => {
      expect((await valid(text)).max_tokens).toBe(8192);
    },
  );

  it('treats an empty key and an empty text as not set', async () => {
    const config = await valid('model:\nfallback_model: "  "\nmax_tokens: ~\nchannels:\n');
    expect([config.model, config.fallback_model, config.max_tokens]).toEqual([undefined, undefined, 8192]);
  });

  it('keeps null where it removes a field of a request body', async () => {
    const config = await valid('openai_compat_body_overrides: {stream_options: null, n: 1}');
    expect(config.openai_compat_body_overrides).toEqual({ stream_options: null, n: 1 });
  });

  it('keeps 64-bit chat ids exactly', async () => {
    const config = await valid('control_chat_ids: [1234567890123456789, "-1001234567890123456", 7]');
    expect(config.control_chat_ids).toEqual([1234567890123456789n, -1001234567890123456n, 7n]);
  });

  it('normalises time-out overrides and lets 0 mean unset', async () => {
    const config = await valid('default_tool_timeout_secs: 0\ntool_timeout_overrides: {" Bash ": 90, x: 0}');
    expect(config.default_tool_timeout_secs).toBeUndefined();
    expect(config.tool_timeout_overrides).toEqual({ bash: 90 });
  });

  it('lets 0 mean the default for limits', async () => {
    expect((await valid('web_max_inflight_per_session: 0')).web_max_inflight_per_session).toBe(10);
  });

  it.each([
    ['true', 'chat'],
    ['isolated', 'chat'],
    ['false', 'shared'],
    ['shared', 'shared'],
  ])('reads working_dir_isolation %s as %s', async (text, expected) => {
    expect((await valid(`working_dir_isolation: ${text}`)).working_dir_isolation).toBe(expected);
  });

  it('moves clamped limits into their range', async () => {
    const config = await valid('channels: {web: {api_key_max_requests_per_window: 1}}');
    expect(config.channels.web?.api_key_max_requests_per_window).toBe(10);
  });

  it('accepts observability below channels, the top level winning key by key', async () => {
    const config = await valid(
      'observability: {log_level: warn}\nchannels: {observability: {log_level: debug, log_format: json}}',
    );
    expect(config.observability).toMatchObject({ log_level: 'warn', log_format: 'json' });
    expect(config.channels.web).toBeUndefined();
  });

  it('takes channels.web.hook_token as hooks_token, which wins', async () => {
    const load = async (keys: string) =>
      (await valid(`channels: {web: {${keys}}}`)).channels.web?.hooks_token;
    expect(await load('hook_token: old')).toBe('old');
    expect(await load('hook_token: old, hooks_token: new')).toBe('new');
  });

  it('merges the older llm_providers over provider_presets under lower-case aliases', async () => {
    const config = await valid(
      'provider_presets: {Local: {provider: ollama, default_model: a}}\nllm_providers: {local: {default_model: b}}',
    );
    expect(config.provider_presets.local).toMatchObject({ provider: 'ollama', default_model: 'b' });
  });
});

describe('what is wrong with a file', () => {
  it('is named with its place, its expected type and what was found', async () => {
    const { config, problems } = await check('web_port: 10961\nmax_tokens: "many"\n');
    expect(config).toBeUndefined();
    expect(problems).toEqual([
      {
        severity: 'error',
        key: 'max_tokens',
        message: '`max_tokens` must be a number, not a text',
        line: 2,
        column: 13,
      },
    ]);
  });

  it.each([
    ['web_port: 70000', '`web_port` must be at most 65535, not 70000'],
    ['max_tokens: 0', '`max_tokens` must be at least 1, not 0'],
    ['max_tokens: 1.5', '`max_tokens` must be a whole number, not a number (1.5)'],
    ['max_tokens: 99999999999999999999', '`max_tokens` must be a number, not a number that is too large'],
    ['show_thinking: "yes"', '`show_thinking` must be true or false, not a text'],
    ['api_keys: a', '`api_keys` must be a list, not a text'],
    ['channels: [web]', '`channels` must be a mapping (key: value pairs), not a list'],
    ['sandbox: {mode: al}', '`sandbox.mode` must be one of off, all, not "al" — did you mean `all`?'],
    ['working_dir_isolation: x', "invalid working_dir_isolation 'x', expected chat/shared or true/false"],
    ['override_timezone: Mars/Base', 'Invalid timezone: Mars/Base'],
    ['control_chat_ids: [99999999999999999999]', 'must be a whole number (a chat id of at most 64 bits)'],
    [
      'model_prices: [{model: a, input_per_million_usd: 1}]',
      'output_per_million_usd` is missing; expected a number',
    ],
    ['bash_dangerous_patterns: ["("]', '`bash_dangerous_patterns[0]`: error parsing regexp'],
    ['- a list', 'Config root must be a YAML mapping (key: value pairs).'],
    ['web_enabled: false', 'At least one channel must be enabled'],
  ])('%s is an error', async (text, message) => {
    expect(await messages(text, 'error')).toEqual([expect.stringContaining(message)]);
  });

  it('does not repeat a credential that lacks its quotes', async () => {
    const [message] = await messages('api_key: 123456789', 'error');
    expect(message).toBe('`api_key` must be a text, not a whole number; put it in quotes');
  });

  it('is an error when an alias leads nowhere', async () => {
    expect(await messages('model: *nowhere\n', 'error')).toEqual([
      expect.stringMatching(/^YAML error: .*nowhere/),
    ]);
  });

  it('is a syntax error with its place', async () => {
    const { problems } = await check('a: 1\nb: [1, 2\nc: 3\n');
    expect(problems[0]).toMatchObject({
      severity: 'error',
      line: expect.any(Number),
      column: expect.any(Number),
    });
    expect(problems[0]?.message).toMatch(/^YAML syntax error: /);
  });

  it('includes a key that is written twice', async () => {
    expect(await messages('model: a\nmodel: b\n', 'error')).toEqual([expect.stringContaining('unique')]);
  });

  it('names channels that are configured but switched off', async () => {
    const [message] = await messages('channels: {web: {enabled: false}}\nweb_enabled: true', 'error');
    expect(message).toContain('These channels are configured but not enabled: web.');
  });

  it('points at what was written when a key has an older place', async () => {
    const { problems } = await check('channels:\n  observability:\n    log_format: xml\n');
    expect(problems[0]).toMatchObject({
      severity: 'error',
      key: 'observability.log_format',
      line: 3,
      column: 17,
    });
  });
});

describe('unknown keys', () => {
  it('warn with the place and the nearest key, at every depth', async () => {
    const { config, problems } = await check('modle: x\nchannels:\n  web:\n    enabeld: true\n');
    expect(config).toBeDefined();
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [1, 'Unknown config key `modle` (ignored) — did you mean `model`?'],
      [4, 'Unknown config key `channels.web.enabeld` (ignored) — did you mean `enabled`?'],
    ]);
  });

  it('warn without a suggestion when nothing is near', async () => {
    expect(await messages('xyzzyplugh: 1', 'warning')).toEqual(['Unknown config key `xyzzyplugh` (ignored)']);
  });

  it('that are known but not built say so', async () => {
    expect(await messages('memory_token_budget: 5\nchannels: {telegram: {bot_token: x}}', 'warning')).toEqual(
      [
        'Config key `memory_token_budget` is known, but its feature is not built yet (ignored)',
        'Config key `channels.telegram` is known, but its feature is not built yet (ignored)',
      ],
    );
  });
});

describe('credentials', () => {
  it('may be literal, from the environment or from a file, and are handed to the redactor', async () => {
    await writeFile(join(dir, 'key.txt'), 'from-file\n');
    const { config, secrets } = await check(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the notation of the file
      'api_key: "env:KEY_A"\napi_keys: ["literal-1", "${KEY_B}", "file:key.txt"]\nweb_auth_token: tok-12345678',
      { KEY_A: 'a-value', KEY_B: 'b-value' },
    );
    expect(config).toMatchObject({ api_key: 'a-value', api_keys: ['literal-1', 'b-value', 'from-file'] });
    expect(secrets).toEqual([
      { key: 'api_key', value: 'a-value' },
      { key: 'api_keys[0]', value: 'literal-1' },
      { key: 'api_keys[1]', value: 'b-value' },
      { key: 'api_keys[2]', value: 'from-file' },
      { key: 'web_auth_token', value: 'tok-12345678' },
    ]);
  });

  it('are found in profiles and channels too', async () => {
    const { secrets } = await check(
      'provider_presets: {x: {api_key: pk, api_keys: [pk2]}}\nchannels: {web: {auth_token: wt}}',
    );
    expect(secrets.map(({ key }) => key)).toEqual([
      'channels.web.auth_token',
      'provider_presets.x.api_key',
      'provider_presets.x.api_keys[0]',
    ]);
  });

  it('that cannot be resolved name the key and never a value', async () => {
    const { problems } = await check('model: m\napi_key: env:NOT_THERE\nweb_auth_token: file:/nope/x\n');
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [2, '`api_key`: environment variable NOT_THERE is not set'],
      [3, expect.stringMatching(/^`web_auth_token`: cannot read the file: ENOENT/)],
    ]);
  });

  it('that begin like a reference and are none are not taken for the credential', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the notation of the file
    const { problems } = await check('api_key: env:MY-KEY\napi_keys: ["${MY KEY}", "env:"]\n');
    expect(problems.map(({ key }) => key)).toEqual(['api_key', 'api_keys[0]', 'api_keys[1]']);
    expect(JSON.stringify(problems)).not.toMatch(/MY.KEY/);
  });

  it('are only resolved where a credential belongs', async () => {
    expect((await valid('model: env:HOME')).model).toBe('env:HOME');
  });
});

describe('web_host', () => {
  it.each(['', '""', '127.0.0.1'])('is never every address unless asked for: %s', async (written) => {
    expect((await valid(`web_host: ${written}\n`)).web_host).toBe('127.0.0.1');
  });

  it('may have the brackets of a URL', async () => {
    expect((await valid('web_host: "[::1]"\n')).web_host).toBe('::1');
  });
});

describe('loadConfig', () => {
  it('does not go on without a file whose link is broken, or that is in another encoding', async () => {
    const path = join(dir, 'microclaw.config.yaml');
    await symlink(join(dir, 'unmounted/config.yaml'), path);
    const unreadable = { code: 'MC_CONFIG_UNREADABLE', message: expect.stringContaining(path) };
    await expect(loadConfig({ env: {}, cwd: dir })).rejects.toMatchObject(unreadable);
    await rm(path);
    await writeFile(path, Buffer.from('web_auth_token: gr\xfc\xdfe\n', 'latin1'));
    await expect(loadConfig({ env: {}, cwd: dir })).rejects.toMatchObject({
      ...unreadable,
      hint: expect.stringContaining('UTF-8'),
    });
  });

  it('works without a file', async () => {
    const loaded = await loadConfig({ env: {}, cwd: dir });
    expect(loaded).toMatchObject({ path: null, warnings: [], secrets: [] });
  });

  it('puts data into the common directory of a snap', async () => {
    const loaded = await loadConfig({ env: { SNAP: '/snap/x', SNAP_USER_COMMON: dir }, cwd: dir });
    expect(loaded.config.data_dir).toBe(dir);
  });

  it('prefers the flag, then MICROCLAW_CONFIG, then the local files in order', async () => {
    for (const name of ['flag.yaml', 'env.yaml', 'microclaw.config.yaml', 'microclaw.config.yml']) {
      await writeFile(join(dir, name), `model: ${name}`);
    }
    const model = async (env: Record<string, string>, flag?: string) =>
      (await loadConfig({ flag, env, cwd: dir })).config.model;
    expect(await model({ MICROCLAW_CONFIG: join(dir, 'env.yaml') }, 'flag.yaml')).toBe('flag.yaml');
    expect(await model({ MICROCLAW_CONFIG: 'env.yaml' })).toBe('env.yaml');
    expect(await model({})).toBe('microclaw.config.yaml');
    await rm(join(dir, 'microclaw.config.yaml'));
    expect(await model({})).toBe('microclaw.config.yml');
  });

  it('does not fall back when the named file is missing', async () => {
    await writeFile(join(dir, 'microclaw.config.yaml'), '');
    const error = await loadError({ MICROCLAW_CONFIG: '/nope.yaml' });
    expect(error.message).toBe('MICROCLAW_CONFIG points to non-existent file: /nope.yaml');
    expect((await loadError({}, 'missing.yaml')).code).toBe('MC_CONFIG_NOT_FOUND');
    expect((await loadError({}, ' ')).message).toBe('--config path cannot be empty');
  });

  it('lists every error with file, line and column', async () => {
    await writeFile(join(dir, 'microclaw.config.yaml'), 'max_tokens: x\nweb_port: -1\n');
    const error = await loadError();
    expect(error.code).toBe('MC_CONFIG_INVALID');
    const file = join(dir, 'microclaw.config.yaml');
    expect(error.message.split('\n')).toEqual([
      `${file}:1:13: \`max_tokens\` must be a number, not a text`,
      `${file}:2:11: \`web_port\` must be at least 0, not -1`,
    ]);
  });

  it('says why a file cannot be read', async () => {
    expect((await loadError({}, '.')).message).toMatch(/^cannot read .*EISDIR/);
    if (process.getuid?.() === 0) return;
    await writeFile(join(dir, 'microclaw.config.yaml'), '');
    await chmod(join(dir, 'microclaw.config.yaml'), 0);
    expect((await loadError()).code).toBe('MC_CONFIG_UNREADABLE');
  });
});
