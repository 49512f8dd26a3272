/** The audit log of the real program: what is in it, and that a change of it is noticed. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PASSWORD, setUpOperator } from '../support/api-client.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

let home: MicroclawHome;
let server: RunningMicroclaw | undefined;

beforeEach(async () => {
  home = await createHome();
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await home.dispose();
});

/** Changes the database behind the program's back. */
function tamper(sql: string): void {
  const database = new DatabaseSync(join(home.dataDir, 'runtime/microclaw.db'));
  database.exec(sql);
  database.close();
}

it('records logins and denials without passwords, tokens and whole session ids', async () => {
  server = await startMicroclaw(home);
  const client = await setUpOperator(server);
  const wrong = 'not the password 123';
  await fetch(`${server.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: wrong }),
  });
  await fetch(`${server.url}/api/sessions`, { headers: { authorization: 'Bearer mk_forged-token' } });
  for (let probe = 0; probe < 20; probe += 1) await fetch(`${server.url}/api/health`);
  const { body } = await client.get('/api/audit');
  const lines = (body.logs as Record<string, unknown>[]).map(
    ({ kind, action, status }) => `${kind} ${action} ${status}`,
  );
  expect(lines).toEqual([
    'auth auth.unauthorized deny',
    'operator auth.login deny',
    'operator auth.login ok',
    'operator auth.set_password ok',
  ]);
  const { body: sessions } = await client.get('/api/auth/sessions');
  const text = JSON.stringify(body);
  const secrets = [PASSWORD, wrong, 'mk_forged-token', ...Object.values(client.headers())];
  const ids = (sessions.sessions as { session_id?: string; id?: string }[]).map(
    ({ session_id, id }) => session_id ?? id ?? '',
  );
  expect(ids).toHaveLength(1);
  for (const secret of [...secrets, ...ids]) {
    expect(secret.length).toBeGreaterThan(8);
    expect(text).not.toContain(secret);
  }
});

it('is printed and verified through the running server, and without one', async () => {
  server = await startMicroclaw(home);
  await setUpOperator(server);
  const intact = 'Audit chain intact: 2 sealed entries verified.\n';
  const expectIntact = async () => {
    expect(await runMicroclaw(home, ['audit', 'verify'])).toMatchObject({
      code: 0,
      stdout: intact,
      stderr: '',
    });
    const { code, stdout } = await runMicroclaw(home, [
      'audit',
      'list',
      '--kind',
      'operator',
      '--limit',
      '1',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\[\d{4}-\S+Z\] operator login auth\.login ok target=session:[0-9a-f]{12}\n$/);
  };
  await expectIntact();
  await server.stop();
  server = undefined;
  await expectIntact();
});

it('says where it was changed', async () => {
  server = await startMicroclaw(home);
  await setUpOperator(server);
  await server.stop();
  server = undefined;
  tamper("UPDATE audit_logs SET actor = 'somebody' WHERE id = 2");
  expect(await runMicroclaw(home, ['audit', 'verify'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'Audit chain BROKEN at entry id 2: entry_hash does not match the content\n',
  });
  tamper('DELETE FROM audit_logs WHERE id = 1');
  expect((await runMicroclaw(home, ['audit', 'verify'])).stderr).toBe(
    'Audit chain BROKEN at entry id 2: prev_hash does not continue the entry before it\n',
  );
});

it('prints nothing that a terminal would obey', async () => {
  server = await startMicroclaw(home);
  await setUpOperator(server);
  await server.stop();
  server = undefined;
  tamper(
    "UPDATE audit_logs SET detail = char(27) || '[2J' || char(8238) || 'x' || char(10) || 'y' WHERE id = 1",
  );
  const { stdout } = await runMicroclaw(home, ['audit', 'list']);
  expect(stdout).toContain('\uFFFD[2J\uFFFDx\uFFFDy\n');
});

it('tells what is missing', async () => {
  const none = await runMicroclaw(home, ['audit', 'verify']);
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('there is no database at');
  expect((await runMicroclaw(home, ['audit', 'list', '--limit', '0'])).code).toBe(2);
});
