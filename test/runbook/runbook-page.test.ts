/**
 * Runs every block of docs/operations/runbook.md as it stands there, in order, against one real server.
 *
 * Above each block stands `<!-- expect: pattern -->`; `<!-- exit: any -->` where the exit code depends on the machine.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { writeHook } from '../support/hook-fixture.ts';
import {
  cleanEnvironment,
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGE = await readFile(join(ROOT, 'docs/operations/runbook.md'), 'utf8');

interface Block {
  readonly heading: string;
  readonly pattern: string | undefined;
  readonly isAnyExit: boolean;
  readonly script: string;
}

/** The shell blocks of a page with the comments directly above them. */
function readBlocks(page: string): readonly Block[] {
  const found = page.matchAll(/((?:^<!-- .* -->\n)*)^```sh\n([\s\S]*?)^```$/gm);
  return [...found].map((match) => ({
    heading:
      page
        .slice(0, match.index)
        .match(/^## .*$/gm)
        ?.at(-1) ?? '',
    pattern: /<!-- expect: (.*) -->/.exec(match[1] ?? '')?.[1],
    isAnyExit: match[1]?.includes('<!-- exit: any -->') === true,
    script: match[2] ?? '',
  }));
}

let home: MicroclawHome;
let server: RunningMicroclaw;
let client: ApiClient;
let env: NodeJS.ProcessEnv;

async function key(...scopes: readonly string[]): Promise<{ readonly id: string; readonly secret: string }> {
  const { body } = await client.post('/api/auth/api_keys', { label: scopes.join(), scopes });
  return { id: String(body.id), secret: String(body.api_key) };
}

beforeAll(async () => {
  home = await createHome({
    tool_timeout_overrides: { bash: 7 },
    high_risk_tool_user_confirmation_required: true,
  });
  await writeHook(join(home.dataDir, 'hooks'), 'guard', { events: ['BeforeLLMCall'], command: 'exit 3' });
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
  await client.send('hello'); // the hook fails once, so that its audit row is there to be found
  const bin = join(home.dir, 'bin');
  await mkdir(bin);
  await writeFile(
    join(bin, 'microclaw'),
    `#!/bin/sh\nexec '${process.execPath}' '${ROOT}/dist/main.js' "$@"\n`,
  );
  await chmod(join(bin, 'microclaw'), 0o755);
  const [admin, read, spare] = [
    await key('operator.admin'),
    await key('operator.read'),
    await key('operator.read'),
  ];
  env = {
    ...cleanEnvironment(home),
    PATH: `${bin}:${process.env.PATH}`,
    URL: server.url,
    KEY: admin.secret,
    READ_KEY: read.secret,
    KEY_ID: spare.id,
  };
});
afterAll(async () => {
  await server.stop();
  await home.dispose();
});

async function run(script: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: home.dir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(shell, 'close');
  return { code, output };
}

describe('the runbook', () => {
  const blocks = readBlocks(PAGE);

  it('has a pattern above every block, and no block of another kind', () => {
    expect(blocks.filter(({ pattern }) => pattern === undefined).map(({ script }) => script)).toEqual([]);
    expect(PAGE.match(/^```/gm)?.length).toBe(2 * blocks.length);
  });

  it.each(blocks)('$heading: $script', async ({ pattern = '(?!)', isAnyExit, script }) => {
    const { code, output } = await run(script);
    expect(output).toMatch(new RegExp(pattern, 'm'));
    if (!isAnyExit) expect(code).toBe(0);
  });
});
