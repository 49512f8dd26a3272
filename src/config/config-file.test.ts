import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, configSchema } from './config.ts';
import { ConfigFile, type LiveTarget } from './config-file.ts';
import { compareConfigs } from './live-keys.ts';
import { checkText } from './load-config.ts';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microclaw-config-'));
  path = join(dir, 'microclaw.config.yaml');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const ENV = { OTHER_KEY: 'from-the-environment' };

/** A program that follows nothing. */
function fixed(current: Config): LiveTarget {
  return { current, check: () => {}, apply: (next) => compareConfigs(current, next) };
}

async function open(text?: string): Promise<ConfigFile> {
  if (text !== undefined) await writeFile(path, text);
  const running = (await checkText(text ?? '', { env: ENV, baseDir: dir })).config ?? configSchema.parse({});
  return new ConfigFile({ path, live: fixed(running), env: ENV });
}

const TEXT = `# my machine
llm_provider: openai # paid by me
api_key: sk-top-secret
api_keys: [sk-one, sk-two]
model: gpt # the good one

provider_presets:
  # at home
  local: {provider: ollama, api_key: local-secret, default_model: a}
  away: {provider: openai, api_key: env:OTHER_KEY}
control_chat_ids: [9007199254740993]
`;

describe('the configuration file, shown', () => {
  it('masks every credential, keeps references, fills in defaults and spells out large numbers', async () => {
    const { config, etag, requiresRestart } = await (await open(TEXT)).view();
    expect(config).toMatchObject({
      api_key: '***',
      api_keys: ['***', '***'],
      model: 'gpt',
      max_tokens: 8192,
      provider_presets: { local: { api_key: '***' }, away: { api_key: 'env:OTHER_KEY' } },
      control_chat_ids: ['9007199254740993'],
    });
    expect(config.web_auth_token).toBeUndefined();
    expect(JSON.stringify(config)).not.toMatch(/sk-|local-secret|from-the-environment/);
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(requiresRestart).toBe(false);
  });

  it('says when the file is ahead of what is in force, and shows what is in force when it is broken', async () => {
    const file = await open(TEXT);
    await writeFile(path, `${TEXT.replace('gpt', 'other')}web_port: 1\n`);
    expect(await file.view()).toMatchObject({ config: { model: 'other' }, requiresRestart: true });
    await writeFile(path, 'model: [');
    expect(await file.view()).toMatchObject({
      config: { model: 'gpt' },
      requiresRestart: true,
      problems: [{ severity: 'error', line: 1 }],
    });
  });
});

it('names the keys that the file sets, those of blocks one by one', async () => {
  const file = await open(`${TEXT}sandbox: {mode: all}\nmax_tokens:\nchannels:\n  web: {bot_username: m}\n`);
  expect((await file.view()).writtenKeys).toEqual([
    'llm_provider',
    'api_key',
    'api_keys',
    'model',
    'provider_presets',
    'sandbox.mode',
    'control_chat_ids',
    'channels.web.bot_username',
  ]);
});

it('names the key in every reason for a refusal', async () => {
  const file = await open(TEXT);
  await expect(file.update({ override_timezone: 'Nowhere/City', web_port: 'x' })).rejects.toThrow(
    /`web_port`/,
  );
  await expect(file.update({ override_timezone: 'Nowhere/City' })).rejects.toThrow(
    '`override_timezone`: Invalid timezone: Nowhere/City',
  );
});

describe('credentials in a file that became unusable', () => {
  it.each([
    'api_key: 987654321012',
    'api_key: {value: sk-nested-secret}',
    'api_keys: [sk-nested-secret, 987654321012]\nmax_tokens: many',
    'api_keys: {first: sk-nested-secret}',
    'provider_presets: {local: {api_key: {value: sk-nested-secret}}}',
    'web_auth_token: [sk-nested-secret]',
    'api_key: *sk-nested-secret',
    'api_key: !sk-nested-secret x',
    'api_keys: [sk-nested-secret',
    'sandbox: {mode: sk-nested-secret',
  ])('shows none of %j', async (broken) => {
    const file = await open(TEXT);
    await writeFile(path, broken);
    const view = await file.view();
    expect(JSON.stringify(view)).not.toMatch(/sk-|987654321012|local-secret/);
    expect(view.problems).not.toEqual([]);
  });
});

describe('the configuration file, changed', () => {
  it('changes the named key and nothing else: comments, order and quotes stay', async () => {
    const file = await open(TEXT);
    const update = await file.update({ model: 'better', max_tokens: 100 });
    expect(update).toMatchObject({
      changed: ['model', 'max_tokens'],
      applied: ['model', 'max_tokens'],
      requiresRestart: false,
    });
    const after = await readFile(path, 'utf8');
    expect(after).toContain('model: better # the good one');
    expect(after).toContain('# my machine');
    expect(after).toContain('# at home');
    expect(after).toContain('control_chat_ids: [9007199254740993]');
    expect(after).toContain('max_tokens: 100');
    expect(await readFile(`${path}.bak`, 'utf8')).toBe(TEXT);
  });

  it('changes one key of a block by its dotted name, and leaves the others as they are written', async () => {
    const file = await open('sandbox:\n  memory_limit: 512m # enough\n');
    const update = await file.update({ 'sandbox.mode': 'all', 'channels.web.hooks_token': 'env:OTHER_KEY' });
    expect(update.restartRequired).toEqual(['sandbox.mode', 'channels.web']);
    const after = await readFile(path, 'utf8');
    expect(after).toContain('memory_limit: 512m # enough');
    expect(after).toContain('mode: all');
    expect(after).toContain('hooks_token: env:OTHER_KEY');
    await file.update({ 'sandbox.mode': null, 'sandbox.memory_limit': null });
    expect(await readFile(path, 'utf8')).not.toMatch(/mode|memory/);
    await expect(file.update({ 'sandbox.mod': 'all' })).rejects.toThrow(/`sandbox\.mod`.*mode/);
    await expect(file.update({ 'model.name': 'x' })).rejects.toThrow(/Unknown config key `model\.name`/);
  });

  it('writes null where it is a value', async () => {
    const file = await open('');
    await file.update({ openai_compat_body_overrides: { temperature: null, top_p: 1 } });
    expect(await readFile(path, 'utf8')).toContain('temperature: null');
  });

  it('keeps every credential when what is shown is sent back whole', async () => {
    const file = await open(TEXT);
    const { config } = await file.view();
    const { provider_presets, api_key, api_keys, model } = config;
    const update = await file.update({ provider_presets, api_key, api_keys, model });
    const { config: after } = await checkText(await readFile(path, 'utf8'), { env: ENV, baseDir: dir });
    expect(after?.provider_presets.local?.api_key).toBe('local-secret');
    expect(after?.provider_presets.away?.api_key).toBe('from-the-environment');
    expect([after?.api_key, after?.api_keys]).toEqual(['sk-top-secret', ['sk-one', 'sk-two']]);
    expect(update.requiresRestart).toBe(false);
    expect(await readFile(path, 'utf8')).toContain('env:OTHER_KEY');
  });

  it('keeps the key of a profile sent without it, clears it with null, and drops a profile left out', async () => {
    const file = await open(TEXT);
    await file.update({ provider_presets: { local: { provider: 'ollama', default_model: 'b' } } });
    const kept = await readFile(path, 'utf8');
    expect(kept).toContain('local-secret');
    expect(kept).not.toContain('away');
    await file.update({ provider_presets: { local: { provider: 'ollama', api_key: null } } });
    expect(await readFile(path, 'utf8')).not.toContain('local-secret');
  });

  it('clears with null, sets one of a list of credentials, and renames nothing it does not change', async () => {
    const file = await open(`${TEXT}llm_base_url: http://127.0.0.1:1/v1\n`);
    await file.update({ llm_base_url: null, api_keys: ['***', 'sk-new'] });
    const after = await readFile(path, 'utf8');
    expect(after).not.toContain('llm_base_url');
    expect(after).toMatch(/api_keys: \[ ?sk-one, sk-new ?\]/);
    const older = await open('llm_providers: {local: {provider: ollama}}\nmodel: a\n');
    await older.update({ model: 'b' });
    expect(await readFile(path, 'utf8')).toContain('llm_providers');
    await older.update({ provider_presets: { local: { provider: 'openai' } } });
    const { config } = await checkText(await readFile(path, 'utf8'), { env: ENV, baseDir: dir });
    expect(config?.provider_presets.local?.provider).toBe('openai');
  });

  it('keeps the credentials of a profile that comes back under another name', async () => {
    const file = await open(TEXT);
    const { config } = await file.view();
    const { local, ...others } = config.provider_presets as Record<string, unknown>;
    await file.update({ provider_presets: { ...others, renamed: local } });
    const { config: after } = await checkText(await readFile(path, 'utf8'), { env: ENV, baseDir: dir });
    expect(Object.keys(after?.provider_presets ?? {})).toEqual(['away', 'renamed']);
    expect(after?.provider_presets.renamed?.api_key).toBe('local-secret');
  });

  it('refuses a mask in a profile that is no other one renamed, instead of losing the credential', async () => {
    const file = await open(TEXT);
    const { config } = await file.view();
    const { local, ...others } = config.provider_presets as Record<string, Record<string, unknown>>;
    const changed = { ...local, default_model: 'another' };
    for (const presets of [
      { ...others, renamed: changed },
      { ...others, local, copy: local },
    ]) {
      await expect(file.update({ provider_presets: presets })).rejects.toMatchObject({
        code: 'MC_CONFIG_REJECTED',
        message: expect.stringMatching(/`provider_presets\.(?:renamed|copy)` is new and has a masked value/),
      });
    }
    expect(await readFile(path, 'utf8')).toBe(TEXT);
  });

  it('never hands a credential to another place of a list', async () => {
    const file = await open(TEXT);
    await expect(file.update({ api_keys: ['***'] })).rejects.toMatchObject({
      code: 'MC_CONFIG_REJECTED',
      message: expect.stringContaining('`api_keys` lost or moved entries'),
    });
    expect(await readFile(path, 'utf8')).toBe(TEXT);
    await file.update({ api_keys: [null, '***', 'sk-three'] });
    expect(await readFile(path, 'utf8')).toMatch(/api_keys: \[ ?sk-two, sk-three ?\]/);
    await file.update({ api_keys: ['sk-only'] });
    expect(await readFile(path, 'utf8')).toMatch(/api_keys: \[ ?sk-only ?\]/);
  });

  it('never hands a credential to another entry of a list of blocks', async () => {
    const entries = [
      { name: 'a', token: 'of-a' },
      { name: 'b', token: 'of-b' },
    ];
    const servers = (list: unknown) => ({ openai_compat_body_overrides: { servers: list } });
    const file = await open(JSON.stringify(servers(entries)));
    const swapped = [
      { name: 'b', token: '***' },
      { name: 'a', token: '***' },
    ];
    await expect(file.update(servers(swapped))).rejects.toMatchObject({ code: 'MC_CONFIG_REJECTED' });
    await file.update(
      servers([
        { name: 'a', token: '***' },
        { name: 'b', token: 'new' },
      ]),
    );
    const after = await readFile(path, 'utf8');
    expect(after).toContain('of-a');
    expect(after).not.toContain('of-b');
  });

  it('keeps the masked part of an address that comes back as it was, and refuses one that was changed around it', async () => {
    const url = 'http://me:p@ss@proxy.example/v1?api_key=abc';
    const file = await open(`${TEXT}llm_base_url: ${url}\n`);
    const shown = 'http://***@proxy.example/v1?api_key=***';
    expect((await file.view()).config).toMatchObject({ llm_base_url: shown });
    await file.update({ llm_base_url: shown, max_tokens: 7 });
    expect(await readFile(path, 'utf8')).toContain(url);
    await expect(file.update({ llm_base_url: 'http://***@other.example/v1' })).rejects.toMatchObject({
      message: '`llm_base_url` has a masked part (***): write it out',
    });
  });

  it('has no key that means something to the language', async () => {
    const file = await open(TEXT);
    const names = ['{"__proto__": {"a": 1}}', '{"channel_configs": {"__proto__": {"polluted": "yes"}}}'];
    for (const patch of [...names, '{"provider_presets": {"constructor": {"provider": "ollama"}}}']) {
      await expect(file.update(JSON.parse(patch))).rejects.toMatchObject({ code: 'MC_CONFIG_REJECTED' });
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    [{ max_tokens: 'many' }, /`max_tokens`/],
    [{ max_tokens: -1 }, /`max_tokens`/],
    [{ modle: 'x' }, /Unknown config key `modle`.*model/],
    [{ api_key: 'env:NOT_THERE' }, /NOT_THERE is not set/],
    [{ channel_configs: 1 }, /must be a mapping/],
    [{ tool_policy: { mode: 'sometimes' } }, /`tool_policy.mode`/],
  ])('refuses %j and writes nothing', async (patch, message) => {
    const file = await open(TEXT);
    await expect(file.update(patch)).rejects.toMatchObject({
      code: 'MC_CONFIG_REJECTED',
      message: expect.stringMatching(message),
    });
    expect(await readFile(path, 'utf8')).toBe(TEXT);
    expect(await readdir(dir)).toEqual(['microclaw.config.yaml']);
  });

  it('names fields of features that are not built and does nothing about them', async () => {
    const file = await open(TEXT);
    const update = await file.update({ telegram_bot_token: 'x', channel_configs: { telegram: { a: 1 } } });
    expect(update.ignored).toEqual(['telegram_bot_token', 'channel_configs.telegram']);
    expect(await readFile(path, 'utf8')).toBe(TEXT);
  });

  it('refuses a change for an older state, and makes changes that arrive together one after the other', async () => {
    const file = await open(TEXT);
    const { etag } = await file.view();
    await file.update({ model: 'b' }, `"other", ${etag}`);
    await file.update({ model: 'b' }, '*');
    await expect(file.update({ model: 'c' }, `W/${(await file.view()).etag}`)).rejects.toMatchObject({
      code: 'MC_CONFIG_STALE',
    });
    await expect(file.update({ model: 'c' }, etag)).rejects.toMatchObject({ code: 'MC_CONFIG_STALE' });
    await Promise.all([file.update({ max_tokens: 11 }), file.update({ web_port: 12345 })]);
    expect((await file.view()).config).toMatchObject({ model: 'b', max_tokens: 11, web_port: 12345 });
  });

  it('loses no change of another writer, however many write at once', async () => {
    await writeFile(path, TEXT);
    const writers = [{ max_tokens: 11 }, { web_port: 12_345 }, { llm_max_retries: 1 }, { diff_max_lines: 7 }];
    const files = await Promise.all(writers.map(() => open()));
    await Promise.all(writers.map((patch, index) => files[index]?.update(patch)));
    const { config } = await (await open()).view();
    expect(config).toMatchObject(Object.assign({ model: 'gpt' }, ...writers));
  });

  it('keeps its owner, whoever changes it', async () => {
    const file = await open(TEXT);
    // Only root can give a file away, and only what root writes could change its owner.
    if (process.getuid?.() === 0) await chown(path, 65_534, 65_534);
    const before = await stat(path);
    await file.update({ model: 'b' });
    for (const written of [path, `${path}.bak`]) {
      const { uid, gid } = await stat(written);
      expect([uid, gid]).toEqual([before.uid, before.gid]);
    }
  });

  it('is not taken for an empty one when it was there and is gone', async () => {
    const file = await open(TEXT);
    await file.view();
    await rm(path);
    expect(await file.reload()).toEqual({
      kind: 'unusable',
      problems: [`cannot read ${path}: it was there and is gone`],
    });
    await expect(file.update({ model: 'b' })).rejects.toMatchObject({ code: 'MC_CONFIG_UNREADABLE' });
    expect(await readdir(dir)).toEqual([]);
    await writeFile(path, TEXT);
    expect(await file.reload()).toMatchObject({ kind: 'read' });
  });

  it('changes one entry of a map by its dotted name', async () => {
    const file = await open(TEXT);
    await file.update({ 'provider_presets.local.default_model': 'b', 'tool_timeout_overrides.bash': 9 });
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/local: \{.*ollama.*local-secret.*default_model: b/);
    expect(text).toContain('tool_timeout_overrides:\n  bash: 9');
    await file.update({ 'provider_presets.away': null });
    expect(await readFile(path, 'utf8')).not.toContain('away');
    for (const key of ['provider_presets.__proto__.x', 'provider_presets.constructor', 'provider_presets.']) {
      await expect(file.update({ [key]: 'x' })).rejects.toMatchObject({ code: 'MC_CONFIG_REJECTED' });
    }
  });

  it('refuses a number that has lost digits on its way', async () => {
    const file = await open(TEXT);
    await expect(file.update({ control_chat_ids: [1, 2 ** 60] })).rejects.toMatchObject({
      code: 'MC_CONFIG_REJECTED',
      message: expect.stringContaining('`control_chat_ids[1]`'),
    });
    await file.update({ control_chat_ids: ['1234567890123456789'] });
    expect(await readFile(path, 'utf8')).toContain('1234567890123456789');
  });

  it('is private, follows a symbolic link, and makes the file when there is none', async () => {
    const created = await open();
    await created.update({ model: 'a' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o644);
    const link = join(dir, 'link.yaml');
    await symlink(path, link);
    await new ConfigFile({ path: link, live: fixed(configSchema.parse({})), env: ENV }).update({
      model: 'b',
    });
    expect(await readFile(path, 'utf8')).toContain('model: b');
    expect([(await stat(path)).mode & 0o777, (await stat(`${path}.bak`)).mode & 0o777]).toEqual([
      0o600, 0o600,
    ]);
    expect((await readdir(dir)).sort()).toEqual([
      'link.yaml',
      'microclaw.config.yaml',
      'microclaw.config.yaml.bak',
    ]);
  });
});
