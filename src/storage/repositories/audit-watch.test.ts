import { afterEach, beforeEach, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import { AuditWatch } from './audit-watch.ts';

const HOUR_MS = 3_600_000;

let fixture: StorageFixture;
let watch: AuditWatch;
beforeEach(async () => {
  fixture = await StorageFixture.open();
  watch = new AuditWatch(fixture.repositories.audit, fixture.clock);
});
afterEach(() => fixture.dispose());

async function append(count: number): Promise<void> {
  const entry = { kind: 'operator', actor: 'me', action: 'x', status: 'ok' };
  await Promise.all(Array.from({ length: count }, () => fixture.repositories.audit.append(entry)));
}

function change(id: number, actor: string): Promise<unknown> {
  return fixture.storage.db.updateTable('audit_logs').set({ actor }).where('id', '=', id).execute();
}

const codes = async () => (await watch.warnings()).map(({ code }) => code);

it('says nothing about an empty and an intact log', async () => {
  expect(await codes()).toEqual([]);
  await append(3);
  expect(await codes()).toEqual([]);
});

it('notices a new entry that was changed, and that it was put right again', async () => {
  await append(2);
  await codes();
  await append(2);
  await change(4, 'somebody else');
  expect(await watch.warnings()).toMatchObject([
    { code: 'audit_chain_broken', severity: 'high', message: expect.stringContaining('entry 4') },
  ]);
  await change(4, 'me');
  expect(await codes()).toEqual([]);
});

it('finds a change of an entry that was verified before within its next pass', async () => {
  await append(4);
  await codes();
  await change(2, 'somebody else');
  expect(await codes()).toEqual([]);
  fixture.clock.advance(HOUR_MS);
  await codes();
  expect(await codes()).toEqual(['audit_chain_broken']);
});

it('remembers that the newest entries were removed, though the rest is a whole chain', async () => {
  await append(4);
  await codes();
  await fixture.storage.db.deleteFrom('audit_logs').where('id', '>', 2).execute();
  expect(await codes()).toEqual(['audit_chain_broken']);
  await append(1);
  expect(await codes()).toEqual(['audit_chain_broken']);
  expect(await fixture.repositories.audit.verify()).toMatchObject({ intact: true });
});

it('goes through a long chain in parts', async () => {
  let pages = 0;
  const { audit } = fixture.repositories;
  watch = new AuditWatch(
    {
      stillHolds: (cursor) => audit.stillHolds(cursor),
      verifyNext: (cursor) => {
        pages += 1;
        return audit.verifyNext(cursor);
      },
    },
    fixture.clock,
  );
  await append(7000);
  await change(6500, 'somebody else');
  expect(await codes()).toEqual([]);
  expect(pages).toBe(5);
  expect(await codes()).toEqual(['audit_chain_broken']);
  expect(pages).toBe(7);
});
