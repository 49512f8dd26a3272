import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  callScope,
  executorFixture,
  recordingObserver,
  temporaryWorkspace,
  toolContext,
} from '../../../test/support/tool-fixture.ts';
import { systemClock } from '../../core/clock.ts';
import { createHostRunner } from '../../sandbox/host-runner.ts';
import { createRedactor } from '../../security/redaction/redactor.ts';
import type { ChatWorkspace, ToolContext, ToolOutcome } from '../tool.ts';
import { type BashToolOptions, createBashTool } from './bash.ts';
import { forbiddenEnvAccess, forbiddenTmpPath } from './bash-gates.ts';

function bashTool(overrides: Partial<BashToolOptions> = {}) {
  return createBashTool({
    runner: createHostRunner({ clock: systemClock, killAfterMs: 300 }),
    redactor: createRedactor([]),
    processEnv: process.env,
    ...overrides,
  });
}

async function bash(
  command: string,
  options: Partial<BashToolOptions> = {},
  context: Partial<ToolContext> = {},
): Promise<ToolOutcome & { readonly workspace: ChatWorkspace }> {
  const workspace = context.workspace ?? (await temporaryWorkspace());
  const outcome = await bashTool(options).run({ command }, toolContext(workspace, context));
  return { ...outcome, workspace };
}

describe('results', () => {
  test('runs in the chat’s base directory with TMPDIR below it', async () => {
    const { content, workspace } = await bash('pwd; echo "$TMPDIR"');
    expect(content).toBe(`${workspace.baseDir}\n${workspace.tmpDir}\n`);
  });

  test('stdout comes first, then STDERR', async () => {
    expect((await bash('echo out; echo err >&2')).content).toBe('out\n\nSTDERR:\nerr\n');
  });

  test('silence is reported with the exit code', async () => {
    expect(await bash('true')).toMatchObject({ content: 'Command completed with exit code 0' });
  });

  test('a failing command has its code in text, status and type', async () => {
    expect(await bash('echo no; exit 7')).toMatchObject({
      content: 'Exit code 7\nno\n',
      isError: true,
      statusCode: 7,
      errorType: 'process_exit',
    });
  });

  test('a command that a signal ended has status -1', async () => {
    expect(await bash('kill -9 $$')).toMatchObject({
      isError: true,
      statusCode: -1,
      errorType: 'process_exit',
    });
  });

  test('a missing program gets a hint', async () => {
    const { content } = await bash('no-such-program-here');
    expect(content).toMatch(/^Exit code 127\n/);
    expect(content).toContain('not installed');
  });

  test('a blank command is a missing one', async () => {
    expect((await bash('  ')).content).toBe("Missing 'command' parameter");
  });

  test('a shell that cannot be started is a spawn error', async () => {
    const runner = createHostRunner({ clock: systemClock, shell: '/nowhere/sh' });
    expect(await bash('true', { runner })).toMatchObject({
      errorType: 'spawn_error',
      content: expect.stringMatching(/^Failed to execute command: /),
    });
  });

  test('output is reported while the command runs', async () => {
    const seen = Promise.withResolvers<string>();
    const workspace = await temporaryWorkspace();
    const flag = path.join(workspace.baseDir, 'go');
    const running = bash(
      'echo first; until [ -e go ]; do sleep 0.02; done; echo second',
      {},
      { workspace, progress: (chunk) => seen.resolve(chunk) },
    );
    expect(await seen.promise).toBe('first\n');
    await writeFile(flag, '');
    expect((await running).content).toBe('first\nsecond\n');
  });
});

describe('time limit and stopping, through the executor', () => {
  const duration = String(5_000_000 + process.pid);
  const limits = { toolTimeoutOverrides: { bash: 1 }, defaultToolTimeoutSecs: 30 };

  test('an override limits the command and takes its children along; partial output stays', async () => {
    const { call } = await executorFixture([bashTool()], { limits });
    const result = await call('bash', { command: `echo begun; sleep ${duration} & sleep ${duration}` });
    expect(result).toMatchObject({ isError: true, errorType: 'timeout', statusCode: -1 });
    expect(result.content).toBe('Command timed out after 1 seconds\nOutput until then:\nbegun\n');
    const left = execFileSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(`sleep ${duration}`) && !line.startsWith('Z'));
    expect(left).toEqual([]);
  });

  test('an integer in the input wins over the override, text does not', async () => {
    const { executor } = await executorFixture([bashTool()], { limits });
    const observer = recordingObserver();
    for (const timeout_secs of [5, '5', 5.5, -1, 100_000, 0]) {
      await executor.execute(
        [{ toolUseId: 'a', name: 'bash', input: { command: 'true', timeout_secs } }],
        callScope(),
        observer,
      );
    }
    expect(observer.startedCalls.map((call) => call.timeoutSecs)).toEqual([5, 1, 1, 1, 600, 1]);
  });

  test('a stopped turn ends the command before it rejects', async () => {
    const controller = new AbortController();
    const { executor } = await executorFixture([bashTool()]);
    const observer = { ...recordingObserver(), progress: () => controller.abort(new Error('stop')) };
    const marker = String(6_000_000 + process.pid);
    const running = executor.execute(
      [{ toolUseId: 'a', name: 'bash', input: { command: `echo ready; sleep ${marker}` } }],
      callScope({ signal: controller.signal }),
      observer,
    );
    await expect(running).rejects.toThrow('stop');
    expect(execFileSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' })).not.toMatch(
      new RegExp(`^[^Z].*sleep ${marker}`, 'm'),
    );
    expect(observer.results[0]).toMatchObject({
      errorType: 'aborted',
      content: 'Command was stopped\nOutput until then:\nready\n',
    });
  });
});

describe('secrets', () => {
  test('nothing of the program’s environment is visible', async () => {
    const { content } = await bash('env; export -p', {
      processEnv: { ...process.env, OPENAI_API_KEY: 'sk-very-secret-value' },
    });
    expect(content).not.toContain('very-secret');
  });

  test('variables of env files reach the command, and their values are replaced in what it prints', async () => {
    const workspace = await temporaryWorkspace();
    const file = path.join(workspace.tmpDir, 'skill-variables');
    await writeFile(file, "# skill\nexport API_KEY='supersecretkey123'\nSHORT=abc\n");
    const chunks: string[] = [];
    const outcome = await bash(
      'echo $API_KEY $SHORT; printf %s "$API_KEY" | wc -c',
      { envFilesFor: async () => [file] },
      { workspace, progress: (chunk) => chunks.push(chunk) },
    );
    expect(outcome.content).toBe('[REDACTED:API_KEY] abc\n17\n');
    expect(chunks.join('')).toBe(outcome.content);
  });

  test('with active env files, commands that name one are refused and others are not', async () => {
    const workspace = await temporaryWorkspace();
    const file = path.join(workspace.tmpDir, 'vars');
    await writeFile(file, 'A=1\n');
    const envFilesFor = async () => [file];
    for (const command of ['cat .env', `cat ${file}`, 'source ./.env.local', 'x=.env']) {
      expect(await bash(command, { envFilesFor }, { workspace }), command).toMatchObject({
        errorType: 'env_access_blocked',
      });
    }
    expect(
      (await bash('echo os.environ process.env dotenv', { envFilesFor }, { workspace })).isError,
    ).toBeUndefined();
  });
});

describe('the /tmp rule', () => {
  const workspace = { baseDir: '/data/chat/web/1', tmpDir: '/data/chat/web/1/tmp' };

  test.each([
    'ls /tmp/x',
    '/tmp/run.sh',
    'A=/tmp/x b',
    'cat "/tmp/x"',
    "cat '/tmp/x'",
    'x;/tmp/x',
    'x|/tmp/x',
    '(/tmp/x)',
    'PATH=$PATH:/tmp/x',
    'a\n/tmp/x',
    'echo >/tmp/x',
    '`/tmp/x`',
  ])('%j is refused', (command) => {
    expect(forbiddenTmpPath(command, workspace)?.found).toMatch(/^\/tmp\//);
  });

  test.each([
    'ls tmp/x',
    'ls ./tmp/x',
    'ls /var/tmp/x',
    'ls $TMPDIR/x',
    'echo a/tmp/b',
    'ls /tmp',
    'ls /tmpfile',
  ])('%j is fine', (command) => {
    expect(forbiddenTmpPath(command, workspace)).toBeUndefined();
  });

  test('a chat directory that itself lies below /tmp may be named, what lies beside it may not', () => {
    const below = { baseDir: '/tmp/w/1', tmpDir: '/tmp/w/1/tmp' };
    expect(forbiddenTmpPath('ls /tmp/w/1 /tmp/w/1/a', below)).toBeUndefined();
    expect(forbiddenTmpPath('ls /tmp/w/1/../2', below)?.found).toBe('/tmp/w/1/../2');
    expect(forbiddenTmpPath('ls /tmp/w/10', below)?.found).toBe('/tmp/w/10');
  });

  test('the answer names the path to use instead', async () => {
    const outcome = await bash('ls /tmp/x/y');
    expect(outcome).toMatchObject({ isError: true, errorType: 'path_policy_blocked' });
    expect(outcome.content).toContain(path.join(outcome.workspace.tmpDir, 'x/y'));
  });
});

test('only file-like tokens count as env files', () => {
  for (const command of [
    'cat .env',
    'cat a/.env',
    "cat '.env.local'",
    '.env',
    'cat .env; ls',
    'cat <.env',
    'cat .env|head',
  ]) {
    expect(forbiddenEnvAccess(command, []), command).toBe(true);
  }
  for (const command of [
    'python -c "os.environ"',
    'node -e process.env',
    'ls .envoy',
    'pip install python-dotenv',
    'env',
  ]) {
    expect(forbiddenEnvAccess(command, []), command).toBe(false);
  }
});
