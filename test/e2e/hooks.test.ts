/** Hooks of the real program: whatever a hook does, the tool call is answered and the log says what happened. */
import { execFileSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { type FakeModelServer, startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { reply } from '../support/fake-model/reply.ts';
import { newestToolResult, printing, writeHook } from '../support/hook-fixture.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

let model: FakeModelServer;
let home: MicroclawHome;
let server: RunningMicroclaw;
let client: ApiClient;

beforeEach(async () => {
  model = await startFakeModel();
});

afterEach(async () => {
  await server.stop();
  await model.stop();
  await home.dispose();
});

async function start(channels: Readonly<Record<string, unknown>> = {}): Promise<void> {
  home = await createHome({
    ...model.config,
    web_max_requests_per_window: 1000,
    channels: { web: { enabled: true }, ...channels },
  });
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
}

function addHook(name: string, fields: Readonly<Record<string, unknown>>): Promise<string> {
  const defaults = { events: ['BeforeToolCall'], timeout_ms: 10_000 };
  return writeHook(join(home.dataDir, 'hooks'), name, { ...defaults, ...fields });
}

/** Runs one turn with one `bash` call; returns the result of the call as the model got it. */
async function callBash(command: string): Promise<string> {
  model.enqueue(reply.toolCalls([{ name: 'bash', input: { command } }]), reply.text('answered'));
  expect((await client.send('go')).body).toMatchObject({ ok: true, response: 'answered' });
  return newestToolResult(model);
}

function auditRows(): string[] {
  const database = new DatabaseSync(join(home.dataDir, 'runtime/microclaw.db'), { readOnly: true });
  try {
    const rows = database.prepare("select * from audit_logs where kind = 'hook' order by id").all();
    return rows.map((row) => `${row.actor}/${row.action}/${row.target}/${row.status}`);
  } finally {
    database.close();
  }
}

function processesWith(marker: string): string[] {
  const listing = execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' });
  return listing.split('\n').filter((line) => line.includes(marker) && !/^\s*\d+\s+Z/.test(line));
}

const UNIQUE = String(7_000_000 + (process.pid % 100_000));

describe('a hook that misbehaves', () => {
  const ways: readonly (readonly [string, Record<string, unknown>])[] = [
    ['sleeps for ever', { command: `sleep ${UNIQUE} & sleep ${UNIQUE}`, timeout_ms: 200 }],
    ['prints ten megabytes', { command: `head -c 10485760 /dev/zero; sleep ${UNIQUE}` }],
    ['exits with 1', { command: `sleep ${UNIQUE} & exit 1` }],
    [
      'ignores being asked to end, as do its children in a session of their own',
      {
        command: `trap '' TERM; (trap '' TERM; setsid sleep ${UNIQUE} &); setsid sh -c "trap '' TERM; sleep ${UNIQUE}; sleep ${UNIQUE}" & sleep ${UNIQUE}; sleep ${UNIQUE}`,
        timeout_ms: 300,
      },
    ],
    ['prints half a JSON', { command: printing('{"action":"blo') }],
  ];

  it.each(ways)('%s: the call is answered, one audit row, no process left', async (_way, fields) => {
    await start();
    await addHook('h', fields);
    expect(await callBash('echo from-the-tool')).toContain('from-the-tool');
    expect(auditRows()).toEqual(['h/BeforeToolCall/bash/error']);
    expect(processesWith(UNIQUE)).toEqual([]);
  });

  it('is deleted while the program runs: the call is answered, one audit row', async () => {
    await start();
    const directory = await addHook('h', { command: 'true' });
    expect(await callBash('echo one')).toContain('one');
    await rm(directory, { recursive: true });
    expect(await callBash('echo two')).toContain('two');
    expect(await callBash('echo three')).toContain('three');
    expect(auditRows()).toEqual(['h/BeforeToolCall/bash/error']);
  });

  it('is running when the program stops: it does not outlive it', async () => {
    await start();
    await addHook('h', { command: `sleep ${UNIQUE}`, timeout_ms: 120_000 });
    model.enqueue(reply.toolCalls([{ name: 'bash', input: { command: 'echo x' } }]));
    await client.sendStream('go');
    await expect.poll(() => processesWith(UNIQUE).length, { timeout: 20_000 }).toBeGreaterThan(0);
    await server.stop();
    expect(processesWith(UNIQUE)).toEqual([]);
  });
});

describe('a hook', () => {
  it('blocks a command with its reason, amid noise', async () => {
    await start();
    await addHook('h', { command: printing('noise {"action":"block","reason":"no"}') });
    expect(await callBash(`touch ${join(home.dir, 'ran')}`)).toContain('no');
    expect(auditRows()).toEqual(['h/BeforeToolCall/bash/block']);
    const { body } = await client.get('/api/history?session_key=main');
    expect(JSON.stringify(body)).toContain('hook_blocked');
    expect(() => execFileSync('ls', [join(home.dir, 'ran')], { stdio: 'pipe' })).toThrow();
  });

  it('changes the input and then the result', async () => {
    await start();
    const input = { tool_input: { command: 'echo from-the-hook' } };
    await addHook('change-input', { command: printing({ action: 'modify', patch: input }) });
    expect(await callBash('echo from-the-model')).toContain('from-the-hook');
    const patch = { content: 'masked' };
    const command = printing({ action: 'modify', patch });
    await addHook('change-result', { events: ['AfterToolCall'], command });
    expect(await callBash('echo again')).toBe('masked');
    expect(auditRows()).toEqual([
      'change-input/BeforeToolCall/bash/modify',
      'change-input/BeforeToolCall/bash/modify',
      'change-result/AfterToolCall/bash/modify',
    ]);
  });

  it('has none of the keys of the program in its environment', async () => {
    await start();
    const command = `printf '{"action":"block","reason":"%s"}' "$(env | cut -d= -f1 | tr '\\n' ' ')"`;
    await addHook('h', { command });
    const names = (await callBash('true')).split(' ').filter((name) => name.startsWith('MICROCLAW'));
    expect(names.sort()).toEqual([
      'MICROCLAW_HOOK_EVENT',
      'MICROCLAW_HOOK_ID',
      'MICROCLAW_HOOK_NAME',
      'MICROCLAW_HOOK_NODE',
    ]);
  });

  it('is not looked for when hooks are switched off', async () => {
    await start({ hooks: { enabled: false } });
    await addHook('h', { command: printing({ action: 'block', reason: 'no' }) });
    expect(await callBash('echo from-the-tool')).toContain('from-the-tool');
  });
});

describe('a tool hook', () => {
  it('is told in which round of the turn the call was made', async () => {
    await start();
    const seen = join(home.dir, 'call.json');
    await addHook('watch', { command: `cat > ${seen}` });
    await callBash('true');
    expect(JSON.parse(await readFile(seen, 'utf8'))).toMatchObject({ iteration: 1, tool_name: 'bash' });
  });
});

describe('a hook around the model', () => {
  it('changes the system prompt for the rest of the turn, or blocks the request with its reason', async () => {
    await start();
    const patch = { system_prompt: 'You are a lighthouse.' };
    await addHook('a-prompt', { events: ['BeforeLLMCall'], command: printing({ action: 'modify', patch }) });
    await callBash('true');
    for (const request of model.requests) expect(request.bodyText).toContain('You are a lighthouse.');
    const asked = model.requests.length;
    await addHook('b-block', { events: ['BeforeLLMCall'], command: printing({ action: 'block' }) });
    expect((await client.send('again')).body.response).toMatch(
      /^(?:Request blocked by policy hook\.|blocked by hook b-block)/,
    );
    expect(model.requests).toHaveLength(asked);
  });

  it('is told of a finished turn with the tools it used', async () => {
    await start();
    const seen = join(home.dir, 'seen.json');
    await addHook('after', {
      events: ['AfterTurn'],
      command: `cat > ${seen}.part && mv ${seen}.part ${seen}`,
    });
    await callBash('true');
    await expect.poll(() => readFile(seen, 'utf8').catch(() => ''), { timeout: 10_000 }).toContain('"bash"');
    expect(JSON.parse(await readFile(seen, 'utf8'))).toMatchObject({
      event: 'AfterTurn',
      iterations: 2,
      tools_used: ['bash'],
      response_preview: 'answered',
    });
  });
});
