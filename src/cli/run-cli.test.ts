import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliHarness } from '../../test/support/cli-harness.ts';
import { takeGlobalFlags } from './global-flags.ts';
import { VERSION } from './version.ts';

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
});
afterEach(() => cli.dispose());

describe('the command line', () => {
  it.each([[['version']], [['--version']], [['-V']]])('prints the version for %j', async (args) => {
    expect(await cli.run(args)).toEqual({ code: 0, out: `microclaw ${VERSION}\n`, err: '' });
  });

  it('prints its help without a command and with --help', async () => {
    const bare = await cli.run([]);
    expect(bare).toMatchObject({ code: 0, err: '' });
    expect(bare.out).toContain('Usage: microclaw');
    expect(await cli.run(['--help'])).toEqual(bare);
    expect((await cli.run(['config', 'check', '--help'])).out).toContain('Usage: microclaw config check');
  });

  it.each([[['frobnicate']], [['start', '--nope']], [['config', 'nope']], [['run']], [['web', 'password']]])(
    'explains wrong usage on stderr and ends with 2 for %j',
    async (args) => {
      const { code, out, err } = await cli.run(args);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/^error: /);
      expect(err).toContain('Usage: microclaw');
    },
  );

  it('prints JSON with --json also when no turn could begin', async () => {
    const { code, out, err } = await cli.run(['run', '-p', 'hi', '--json', '--config', 'nope.yaml']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: expect.stringContaining('nope.yaml') });
    expect(err).toContain('(MC_CONFIG_NOT_FOUND)');
  });

  it('asks nothing without a question', async () => {
    const { code, err } = await cli.run(['run', '-p', '  ']);
    expect([code, err]).toEqual([1, expect.stringContaining('(MC_CLI_EMPTY_PROMPT)')]);
  });

  it('shows a failure as message and hint and ends with 1', async () => {
    const { code, err } = await cli.run(['run', '-p', 'hi', '--config', 'nope.yaml']);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^Error: --config points to non-existent file: nope\.yaml\nhint: .* \(MC_CONFIG_NOT_FOUND\)\n$/,
    );
  });

  it.each(['version', '--help'])('loads no library but the parser for %s', async (command) => {
    const spy = `
      import { registerHooks } from 'node:module';
      const loaded = new Set();
      registerHooks({
        load(url, context, next) {
          const library = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url);
          if (library !== null) loaded.add(library[1]);
          return next(url, context);
        },
      });
      process.on('exit', () => process.stderr.write([...loaded].join()));
    `;
    const preload = `data:text/javascript,${encodeURIComponent(spy)}`;
    const main = join(import.meta.dirname, '../main.ts');
    const { stderr } = await promisify(execFile)(process.execPath, ['--import', preload, main, command]);
    expect(stderr).toBe(command === 'version' ? '' : 'commander');
  });
});

describe('--config', () => {
  it.each([
    [['--config', 'a.yaml', 'start'], 'a.yaml', ['start']],
    [['start', '--config', 'a.yaml'], 'a.yaml', ['start']],
    [['start', '--config=a.yaml'], 'a.yaml', ['start']],
    [['start', '--config'], '', ['start']],
    [['run', '--', '--config', 'x'], undefined, ['run', '--', '--config', 'x']],
    [['start'], undefined, ['start']],
  ])('is found in %j', (argv, config, rest) => {
    expect(takeGlobalFlags(argv)).toEqual({ config, rest });
  });

  it('names the same file before and after the command', async () => {
    const path = await cli.config('llm_provider: ollama', 'other.yaml');
    expect((await cli.run(['--config', 'other.yaml', 'config', 'path'])).out).toBe(`${path}\n`);
    expect((await cli.run(['config', 'path', '--config', 'other.yaml'])).out).toBe(`${path}\n`);
  });

  it('must not be empty', async () => {
    expect(await cli.run(['config', 'check', '--config', ''])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--config path cannot be empty'),
    });
  });
});
