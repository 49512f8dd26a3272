/** Runs command lines inside the test, in an empty directory, and keeps what they print. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli.ts';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class CliHarness {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async create(): Promise<CliHarness> {
    return new CliHarness(await mkdtemp(join(tmpdir(), 'microclaw-cli-')));
  }

  /** Writes `microclaw.config.yaml`; data and working directory are below the test's own. */
  async config(text: string, name = 'microclaw.config.yaml'): Promise<string> {
    const path = join(this.dir, name);
    const places = `data_dir: ${join(this.dir, 'data')}\nworking_dir: ${join(this.dir, 'work')}\n`;
    await writeFile(path, `${text}\n${places}`, { mode: 0o600 });
    return path;
  }

  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    const printed = { out: '', err: '' };
    const code = await runCli(args, {
      env: { PATH: process.env.PATH, HOME: this.dir, ...env },
      cwd: this.dir,
      out: (text) => {
        printed.out += text;
      },
      err: (text) => {
        printed.err += text;
      },
    });
    return { code, ...printed };
  }

  dispose(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true });
  }
}
