/**
 * `microclaw run` when a tool call needs a person: at a terminal it asks there, without one the call is denied unless
 * `--approve-tools` covers it. The same with and without a server on the data directory.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeModelServer, startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { reply } from '../support/fake-model/reply.ts';
import {
  cleanEnvironment,
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

let model: FakeModelServer;
let home: MicroclawHome;
let server: RunningMicroclaw | undefined;

beforeEach(async () => {
  model = await startFakeModel();
  home = await createHome({
    ...model.config,
    high_risk_tool_user_confirmation_required: true,
  });
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await model.stop();
  await home.dispose();
});

const willCall = (...commands: readonly string[]) =>
  model.enqueue(
    ...commands.map((command) => reply.toolCalls([{ name: 'bash', input: { command } }])),
    reply.text('finished'),
  );
const toolResults = () => model.requests.flatMap((request) => request.toolResults);
const run = (...flags: readonly string[]) => runMicroclaw(home, ['run', '-p', 'go', ...flags]);

/** The command on a terminal of its own, which `script` makes; `keys` are typed at the given texts, in order. */
async function runAtTerminal(keys: readonly (readonly [until: string, typed: string])[]) {
  const command = `'${process.execPath}' '${MAIN}' run -p go`;
  const child = spawn('script', ['-qec', command, join(home.dir, 'typescript')], {
    cwd: home.dir,
    env: { ...cleanEnvironment(home), TERM: 'dumb', SHELL: '/bin/sh' },
  });
  let screen = '';
  let waiting = [...keys];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const [next] = waiting;
    if (next === undefined || !screen.includes(next[0])) return;
    waiting = waiting.slice(1);
    child.stdin.write(next[1]);
  });
  const [code] = await once(child, 'close');
  return { code, screen };
}

describe.each([false, true])('with a running server: %s', (hasServer) => {
  beforeEach(async () => {
    if (hasServer) server = await startMicroclaw(home);
  });

  it('without a terminal the call is denied, the model is told and the answer says how to allow it', async () => {
    willCall('echo it-$((1+1))-ran');
    expect(await run()).toMatchObject({
      code: 0,
      stdout: 'finished\n',
      stderr: expect.stringContaining("denied: bash needs a person's approval; --approve-tools approves it"),
    });
    expect(toolResults().at(-1)).toContain('no terminal to ask at');
    expect(toolResults().join()).not.toContain('it-2-ran');
  });

  it('--approve-tools runs what is only of high risk, and nothing of a dangerous form', async () => {
    willCall('echo it-$((1+1))-ran', 'sudo -n echo it-$((2+2))-ran');
    const { code, stdout, stderr } = await run('--approve-tools', '--json');
    expect({ code, answer: JSON.parse(stdout) }).toMatchObject({ code: 0, answer: { response: 'finished' } });
    expect(toolResults().join()).toContain('it-2-ran');
    expect(toolResults().join()).not.toContain('it-4-ran');
    expect(stderr).toContain("denied: bash needs a person's approval\n");
  });

  it('an answer cannot steer the terminal, and is passed on to programs as it is', async () => {
    const answer = 'a\u001b[2Jb\u009b2Jc\u001b]52;c;eA==\u0007d\tf 👩‍💻';
    model.enqueue(reply.text(answer), reply.text(answer));
    const { screen } = await runAtTerminal([]);
    expect(screen).toContain('d\tf 👩‍💻');
    expect(screen.replaceAll('\r\n', '')).not.toMatch(/(?!\t)\p{Cc}/u);
    expect((await run()).stdout).toBe(`${answer}\n`);
  });

  it('at a terminal it shows the whole call and does what is typed', async () => {
    willCall('echo it-$((1+1))-ran', 'echo it-$((2+2))-ran');
    const { code, screen } = await runAtTerminal([
      ['1, 2 or 3: ', '1\n'],
      ['it-$((2+2))-ran', 'rather not\n'],
    ]);
    expect(code).toBe(0);
    expect(screen).toContain('echo it-$((1+1))-ran');
    expect(screen).toContain(home.dir);
    expect(screen.trimEnd().endsWith('finished')).toBe(true);
    expect(toolResults()[0]).toContain('it-2-ran');
    expect(toolResults()[1]).toContain('rather not');
    expect(toolResults()[1]).not.toContain('it-4-ran');
  });

  it('Ctrl-C at the question stops the run, and nothing runs later', async () => {
    willCall('touch ran');
    const { code, screen } = await runAtTerminal([['1, 2 or 3: ', '\u0003']]);
    expect({ code, screen }).toMatchObject({ code: 1, screen: expect.stringContaining('run aborted') });
    if (hasServer) {
      const { stdout } = await runMicroclaw(home, ['approvals', 'list', '--all', '--json']);
      expect(JSON.parse(stdout)).toMatchObject([{ tool: 'bash', state: 'cancelled' }]);
    }
    willCall();
    expect((await run()).stdout).toBe('finished\n');
  });
});
