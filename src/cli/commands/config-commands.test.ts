import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliHarness } from '../../../test/support/cli-harness.ts';

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
});
afterEach(() => cli.dispose());

describe('config check', () => {
  it('ends with 2 when there is no file', async () => {
    const { code, err } = await cli.run(['config', 'check']);
    expect(code).toBe(2);
    expect(err).toContain('No microclaw.config.yaml found.');
  });

  it('prints JSON also when there is no file to be read', async () => {
    for (const env of [{}, { MICROCLAW_CONFIG: '/nope.yaml' }] as const) {
      const { code, out } = await cli.run(['config', 'check', '--json'], env);
      expect(code).toBe(2);
      expect(JSON.parse(out)).toMatchObject({ ok: false, path: null, problems: [{ severity: 'error' }] });
    }
  });

  it('ends with 2 when MICROCLAW_CONFIG names a missing file, whatever else there is', async () => {
    await cli.config('llm_provider: ollama');
    const { code, err } = await cli.run(['config', 'check'], { MICROCLAW_CONFIG: '/nope.yaml' });
    expect(code).toBe(2);
    expect(err).toContain('MICROCLAW_CONFIG points to non-existent file: /nope.yaml');
  });

  it('accepts a file with warnings and says what it leads to', async () => {
    const path = await cli.config('llm_provider: ollama\nmodle: x');
    const { code, out } = await cli.run(['config', 'check']);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      `Checking ${path}`,
      '  ⚠ Unknown config key `modle` (ignored) — did you mean `model`? (line 2, column 1)',
      '  provider: ollama · model: llama3.2',
      '  channels enabled: web',
      '✓ Config OK (with warnings)',
      '',
    ]);
  });

  it('says plainly that everything is fine', async () => {
    await cli.config('llm_provider: ollama');
    expect((await cli.run(['config', 'check'])).out).toMatch(/\n✓ Config OK\n$/);
  });

  it('refuses a provider without its key, unless the environment has one', async () => {
    await cli.config('llm_provider: anthropic');
    const { code, out } = await cli.run(['config', 'check']);
    expect(code).toBe(1);
    expect(out).toContain('✗ api_key is required');
    expect(out).toMatch(/✗ Config has errors[^\n]*\n$/);
    expect((await cli.run(['config', 'check'], { ANTHROPIC_API_KEY: 'k' })).code).toBe(0);
  });

  it('refuses a configuration without a channel', async () => {
    await cli.config('llm_provider: ollama\nweb_enabled: true\nchannels: {web: {enabled: false}}');
    const { code, out } = await cli.run(['config', 'check']);
    expect(code).toBe(1);
    expect(out).toContain('At least one channel must be enabled');
  });

  it('suggests the value that was meant', async () => {
    await cli.config('sandbox: {mode: al}');
    const { code, out } = await cli.run(['config', 'check']);
    expect(code).toBe(1);
    expect(out).toContain('did you mean `all`?');
  });

  it('prints the same findings as JSON', async () => {
    const path = await cli.config('llm_provider: ollama\nmodle: x');
    const { code, out } = await cli.run(['config', 'check', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      ok: true,
      path,
      problems: [
        { severity: 'warning', key: 'modle', line: 2, column: 1, message: expect.stringContaining('modle') },
      ],
      provider: 'ollama',
      model: 'llama3.2',
      channels_enabled: ['web'],
    });
  });
});

describe('config path', () => {
  it('prints where a file would be found first when there is none', async () => {
    const { code, out, err } = await cli.run(['config', 'path']);
    expect({ code, out }).toEqual({ code: 0, out: `${join(cli.dir, 'microclaw.config.yaml')}\n` });
    expect(err).toContain('no such file yet');
  });
});

describe('config schema', () => {
  it('describes the whole file, with descriptions and closed blocks', async () => {
    const { code, out } = await cli.run(['config', 'schema']);
    const schema = JSON.parse(out);
    expect(code).toBe(0);
    expect(schema.properties.web_port).toMatchObject({ type: 'integer', maximum: 65_535, default: 10_961 });
    expect(schema.properties.channels.additionalProperties).toBe(false);
    expect(schema.properties.control_chat_ids.items.type).toEqual(['integer', 'string']);
    const undescribed = Object.entries(schema.properties).filter(
      ([, row]) => !(row as object as { description?: string }).description,
    );
    expect(undescribed).toEqual([]);
  });
});

describe('start with a configuration that is wrong', () => {
  it('names file, line and column, and ends with 1', async () => {
    const path = join(cli.dir, 'microclaw.config.yaml');
    await writeFile(path, 'model: x\nmax_tokens: many\n');
    const { code, err } = await cli.run(['start']);
    expect(code).toBe(1);
    expect(err).toMatch(/^Config missing\/invalid:\nError: /);
    expect(err).toContain(`${path}:2:13: \`max_tokens\` must be a number, not a text`);
  });

  it('asks for the key of the provider', async () => {
    await cli.config('llm_provider: openai');
    const { code, err } = await cli.run(['start']);
    expect(code).toBe(1);
    expect(err).toContain('api_key is required');
  });
});
