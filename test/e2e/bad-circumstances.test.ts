/** What goes wrong around the program: each is a clear error with a hint, and nothing that was accepted is lost. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, type TestContext, vi } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { reply } from '../support/fake-model/reply.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

let home: MicroclawHome;
let server: RunningMicroclaw | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await home.dispose();
});

async function start(config: Readonly<Record<string, unknown>> = {}): Promise<ApiClient> {
  home = await createHome(config);
  return serve();
}

async function serve(): Promise<ApiClient> {
  server = await startMicroclaw(home);
  return setUpOperator(server);
}

function raw(
  client: ApiClient,
  path: string,
  body: string,
  contentType = 'application/json',
): Promise<Response> {
  return fetch(`${client.url}${path}`, {
    method: 'POST',
    headers: { ...client.headers(), 'content-type': contentType },
    body,
  });
}

describe('a bad request', () => {
  it('is answered with its reason, and the server goes on', async () => {
    const client = await start();
    expect((await raw(client, '/api/send', '{"message": ')).status).toBe(400);
    expect((await raw(client, '/api/send', '{"message": 5}')).status).toBe(422);
    expect((await raw(client, '/api/send', 'hi', 'text/plain')).status).toBe(415);
    expect(
      (await raw(client, '/api/send', JSON.stringify({ message: 'x'.repeat(3 * 1024 * 1024) }))).status,
    ).toBe(413);
    expect((await client.get('/api/history?session_key=nope')).body).toMatchObject({
      ok: false,
      error: 'session not found',
    });
    expect((await client.get('/api/nothing')).status).toBe(404);
    expect((await client.send('hello')).status).toBe(200);
  });
});

describe('the file tools, asked in chat', () => {
  it('refuse escapes and binary files in words', async () => {
    const client = await start();
    await client.send('list the files here');
    const { body } = await client.get('/api/sessions');
    const chatId = (body.sessions as { chat_id: number }[])[0]?.chat_id;
    const base = join(home.dir, `work/chat/web/${chatId}`);
    await writeFile(join(base, 'image.bin'), Buffer.from([0, 1, 2, 0xff, 0, 0x89]));
    await symlink('/etc', join(base, 'link'));
    for (const path of ['../../../../../etc/passwd', '/etc/passwd', 'link/passwd', home.configPath]) {
      expect((await client.send(`read file ${path}`)).body.response).toContain('Access denied');
    }
    expect(String((await client.send('read file image.bin')).body.response).toLowerCase()).toContain(
      'binary',
    );
  });
});

describe('a start that cannot succeed', () => {
  it('names the line of a broken configuration', async () => {
    home = await createHome();
    await writeFile(home.configPath, 'web_port: 0\nmodel: [unclosed\n');
    const { code, stderr } = await runMicroclaw(home, ['start']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/microclaw\.config\.yaml/);
  });

  it('names key, place and expected type of a wrong value', async () => {
    home = await createHome({ max_tokens: 'many' });
    const { code, stderr } = await runMicroclaw(home, ['start']);
    expect(code).toBe(1);
    expect(stderr).toContain('max_tokens');
    expect(stderr).toMatch(/:\d+/);
  });

  it('says that a configuration cannot be read', async () => {
    home = await createHome();
    const { code, stderr } = await runMicroclaw(home, ['--config', home.dir, 'start']);
    expect(code).toBe(1);
    expect(stderr.toLowerCase()).toContain('read');
  });

  it('says that the port is taken and by which key to change it', async () => {
    const client = await start();
    const port = new URL(client.url).port;
    const other = await createHome({ web_port: Number(port) });
    const { code, stderr } = await runMicroclaw(other, ['start']);
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port}`);
    expect(stderr).toContain('web_port');
    await other.dispose();
  });

  it('refuses a second server on the same data directory and names the first', async () => {
    await start();
    const { code, stderr } = await runMicroclaw(home, ['start']);
    expect(code).toBe(1);
    expect(stderr).toContain(String(server?.pid));
  });

  it('refuses a database of a newer version without touching it', async () => {
    const client = await start();
    await client.send('hello');
    await server?.stop();
    const path = join(home.dataDir, 'runtime/microclaw.db');
    const database = new DatabaseSync(path);
    database
      .prepare(
        "insert into schema_migrations (version, name, checksum, applied_at) values (9999, 'future', 'x', '2030-01-01T00:00:00.000Z')",
      )
      .run();
    database.close();
    const { code, stderr } = await runMicroclaw(home, ['start']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/newer/);
    const after = new DatabaseSync(path);
    expect(after.prepare('select count(*) as n from messages').get()).toEqual({ n: 2 });
    after.close();
  });

  it('refuses to listen beyond this machine while there is no password', async () => {
    home = await createHome({ web_host: '0.0.0.0' });
    const { code, stderr } = await runMicroclaw(home, ['start']);
    expect(code).toBe(1);
    expect(stderr).toContain('password');
  });
});

/** A file system of 6 MiB, or the reason why this machine does not allow one. */
function mountTinyDisk(directory: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', directory], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A home whose data directory is a file system of 6 MiB; `undefined` where none can be mounted. */
async function onTinyDisk(
  context: TestContext,
  config: Readonly<Record<string, unknown>>,
  work: (disk: { fill(): void; free(): void }) => Promise<void>,
): Promise<void> {
  home = await createHome(config);
  const { dataDir } = home;
  await mkdir(dataDir);
  const refusal = mountTinyDisk(dataDir);
  if (refusal !== undefined) {
    context.skip(`no tmpfs can be mounted here: ${refusal}`);
    return;
  }
  try {
    await work({
      fill: () => {
        // Down to the last page: the first program stops where a whole block does not fit any more.
        for (const size of ['64k', '1k'])
          execFileSync('sh', [
            '-c',
            `dd if=/dev/zero of=${dataDir}/ballast-${size} bs=${size} 2>/dev/null; true`,
          ]);
      },
      free: () => execFileSync('sh', ['-c', `rm ${dataDir}/ballast-*`]),
    });
  } finally {
    await server?.kill();
    execFileSync('umount', [dataDir]);
  }
}

async function databaseHealth(client: ApiClient): Promise<unknown> {
  const { body } = await client.get('/api/health');
  return (body.components as { name: string }[]).find(({ name }) => name === 'database');
}

describe('a full disk', () => {
  it('fails what cannot be stored, keeps the process and everything accepted, and recovers with space', (context) =>
    onTinyDisk(context, {}, async ({ fill, free }) => {
      const client = await serve();
      expect((await client.send('hello')).status).toBe(200);
      fill();
      const failure = await client.send('x'.repeat(500_000));
      expect(failure.status).toBeGreaterThanOrEqual(500);
      expect(failure.body).toMatchObject({ ok: false, code: 'MC_STORAGE_DISK_FULL' });
      expect(String(failure.body.hint)).toContain('space');
      expect(await databaseHealth(client)).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('Free space'),
      });
      free();
      expect((await client.send('hello')).status).toBe(200);
      expect(await databaseHealth(client)).toMatchObject({ state: 'ok' });
      const { body } = await client.get('/api/history?session_key=main');
      const texts = (body.messages as { content: string }[]).map((message) => message.content);
      expect(texts.filter((text) => text === 'hello')).toHaveLength(2);
      expect(await server?.stop()).toBe(0);
    }));

  it('tells of a turn whose end does not fit, and stores that end once there is space', async (context) => {
    const model = await startFakeModel();
    const config = { llm_provider: 'custom', llm_base_url: model.openAiUrl, api_key: 'key', model: 'fake' };
    try {
      await onTinyDisk(context, config, async ({ fill, free }) => {
        const client = await serve();
        model.route(() => {
          fill();
          return reply.text('an answer');
        });
        const runId = await client.sendStream('a question');
        const end = (await client.stream(runId)).at(-1);
        expect(end).toMatchObject({ event: 'error', data: { code: 'MC_STORAGE_DISK_FULL' } });
        free();
        const stored = async () => {
          const { body } = await client.get('/api/history?session_key=main');
          return (body.messages as { content: string }[]).map(({ content }) => content);
        };
        await vi.waitUntil(async () => (await stored()).length === 2, { timeout: 10_000 });
        expect(await stored()).toEqual(['a question', 'Error: database or disk is full']);
        await server?.kill();
        server = await startMicroclaw(home);
        expect((await client.at(server.url).stream(runId)).at(-1)).toMatchObject({
          id: end?.id,
          event: 'error',
        });
        expect(model.requestCount).toBe(1);
      });
    } finally {
      await model.stop();
    }
  });
});

describe('a working directory that cannot be used', () => {
  it('fails the tool call in words and keeps the chat', async () => {
    home = await createHome();
    await writeFile(join(home.dir, 'work'), 'a file where the directory should be');
    await chmod(join(home.dir, 'work'), 0o600);
    server = await startMicroclaw(home);
    const client = await setUpOperator(server);
    const { status } = await client.send('list the files here');
    expect(status).toBe(200);
    expect((await client.send('hello')).status).toBe(200);
  });
});
