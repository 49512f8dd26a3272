import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';
import { AUDIT_GENESIS, auditSeal } from '../../storage/repositories/audit-chain.ts';

let http: HttpHarness;
let key: string;
beforeEach(async () => {
  http = await HttpHarness.create();
  key = await http.key('admin');
});
afterEach(() => http.dispose());

async function append(...actions: readonly string[]): Promise<void> {
  for (const action of actions) {
    await http.agent.repositories.audit.append({ kind: 'test', actor: 'me', action, status: 'ok' });
  }
}

function actionsOf(logs: readonly { readonly action: string }[]): readonly string[] {
  return logs.map(({ action }) => action);
}

test('the log is told in pages, the newest entry first', async () => {
  await append('one', 'two', 'three');
  const first = await http.get('/api/audit?kind=test&limit=2', { key });
  expect(first.body).toEqual({
    ok: true,
    logs: [
      {
        id: 3,
        kind: 'test',
        actor: 'me',
        action: 'three',
        target: null,
        status: 'ok',
        detail: null,
        created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      },
      expect.objectContaining({ action: 'two' }),
    ],
    next_before_id: 2,
  });
  const second = await http.get('/api/audit?kind=test&limit=2&before_id=2', { key });
  expect(actionsOf(second.body.logs)).toEqual(['one']);
  expect(second.body.next_before_id).toBeNull();
});

test('entries are filtered by kind and instant, in any zone', async () => {
  await append('old');
  const { body } = await http.get('/api/audit', { key });
  const instant = Date.parse(body.logs[0].created_at);
  const inNepal = new Date(instant + 5.75 * 3_600_000).toISOString().replace('Z', '+05:45');
  const since = (text: string) => http.get(`/api/audit?since=${encodeURIComponent(text)}`, { key });
  expect(actionsOf((await since(inNepal)).body.logs)).toEqual(['old']);
  expect((await since(new Date(instant + 1).toISOString())).body.logs).toEqual([]);
  expect((await http.get('/api/audit?kind=operator', { key })).body.logs).toEqual([]);
});

test('a limit outside its bounds is moved into them, other forms are refused', async () => {
  await append('one', 'two');
  expect((await http.get('/api/audit?limit=0', { key })).body.logs).toHaveLength(1);
  expect((await http.get('/api/audit?limit=999999', { key })).body.logs).toHaveLength(2);
  for (const query of ['limit=x', 'before_id=1.5', 'since=yesterday', `kind=${'k'.repeat(65)}`]) {
    expect((await http.get(`/api/audit?${query}`, { key })).status).toBe(400);
  }
});

test('only administrators may read it', async () => {
  const write = await http.key('read', 'write', 'approvals');
  for (const path of ['/api/audit', '/api/audit/verify']) {
    expect((await http.get(path)).status).toBe(401);
    expect((await http.get(path, { key: write })).status).toBe(403);
    expect((await http.get(path, { local: true })).status).toBe(200);
    expect((await http.get(path, { login: await http.login() })).status).toBe(200);
  }
});

test('what was logged verifies with the published rule, and a changed row does not', async () => {
  await append('one', 'two', 'three');
  expect((await http.get('/api/audit/verify', { key })).body).toEqual({
    ok: true,
    sealed_entries: 3,
    intact: true,
    broken_at: null,
    reason: null,
  });
  const { db } = http.agent.storage;
  const rows = await db.selectFrom('audit_logs').selectAll().orderBy('id').execute();
  let seal = AUDIT_GENESIS;
  for (const row of rows) {
    seal = auditSeal(seal, { ...row, createdAt: row.created_at });
    expect(row.entry_hash).toBe(seal);
  }
  await db.updateTable('audit_logs').set({ action: 'forged' }).where('id', '=', 2).execute();
  expect((await http.get('/api/audit/verify', { key })).body).toMatchObject({
    intact: false,
    sealed_entries: 1,
    broken_at: 2,
    reason: 'entry_hash does not match the content',
  });
});
