import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageFixture } from '../../../test/support/storage-fixture.ts';
import { AuditRepository, type NewAuditEntry } from './audit-repository.ts';

describe('AuditRepository', () => {
  let fixture: StorageFixture;
  let audit: AuditRepository;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
    audit = fixture.repositories.audit;
  });

  afterEach(() => fixture.dispose());

  const entry = (action: string): NewAuditEntry => ({ kind: 'operator', actor: 'cli', action, status: 'ok' });
  const change = (id: number, set: Record<string, string | null>) =>
    fixture.storage.db.updateTable('audit_logs').set(set).where('id', '=', id).execute();

  it('seals entries as the specification says', async () => {
    await audit.append({ ...entry('auth.login'), target: 't', detail: null });
    const row = await fixture.storage.db.selectFrom('audit_logs').selectAll().executeTakeFirstOrThrow();
    const fields = ['GENESIS', 'operator', 'cli', 'auth.login', 't', 'ok', '', '2030-01-01T00:00:00.000Z'];
    const sealed = fields.map((field) => `${field}\x1f`).join('');
    expect(row.prev_hash).toBe('GENESIS');
    expect(row.entry_hash).toBe(createHash('sha256').update(sealed).digest('hex'));
  });

  it('keeps the order of entries appended at the same time, in few commits', async () => {
    const before = fixture.storage.stats().commits;
    await Promise.all(Array.from({ length: 150 }, (_, index) => audit.append(entry(`a${index}`))));
    const entries = await audit.list({ limit: 200 });
    expect(entries.map((row) => row.action).reverse()).toEqual(entries.map((_, index) => `a${index}`));
    expect(fixture.storage.stats().commits - before).toBeLessThan(10);
    expect(await audit.verify()).toEqual({ sealedEntries: 150, intact: true, brokenAt: null, reason: null });
  });

  it('keeps one chain when two repositories write it', async () => {
    const other = new AuditRepository(fixture.storage, fixture.clock);
    for (let index = 0; index < 5; index += 1) {
      await Promise.all([audit.append(entry(`mine${index}`)), other.append(entry(`theirs${index}`))]);
    }
    expect(await audit.verify()).toMatchObject({ sealedEntries: 10, intact: true });
  });

  it('continues the chain after a restart', async () => {
    await audit.append(entry('before'));
    await fixture.reopen();
    await fixture.repositories.audit.append(entry('after'));
    expect(await fixture.repositories.audit.verify()).toMatchObject({ sealedEntries: 2, intact: true });
  });

  it('lists the newest first, by kind, page and time', async () => {
    await audit.append(entry('one'));
    fixture.clock.advance(1000);
    await audit.append({ ...entry('two'), kind: 'auth' });
    await audit.append(entry('three'));
    const actions = async (options: Parameters<typeof audit.list>[0]) =>
      (await audit.list(options)).map((row) => row.action);
    expect(await actions({ limit: 2 })).toEqual(['three', 'two']);
    expect(await actions({ limit: 9, kind: 'operator' })).toEqual(['three', 'one']);
    expect(await actions({ limit: 9, beforeId: 2 })).toEqual(['one']);
    expect(await actions({ limit: 9, since: '2030-01-01T00:00:01.000Z' })).toEqual(['three', 'two']);
  });

  it('names the row that was changed, removed or moved', async () => {
    for (let index = 1; index <= 5; index += 1) await audit.append(entry(`a${index}`));
    await change(3, { status: 'deny' });
    expect(await audit.verify()).toMatchObject({ sealedEntries: 2, intact: false, brokenAt: 3 });
    await change(3, { status: 'ok' });
    expect(await audit.verify()).toMatchObject({ intact: true });
    await fixture.storage.db.deleteFrom('audit_logs').where('id', '=', 4).execute();
    expect(await audit.verify()).toMatchObject({ brokenAt: 5, reason: expect.stringContaining('prev_hash') });
  });

  it('passes over rows that are older than the chain', async () => {
    const old = { kind: 'operator', actor: 'old', action: 'x', status: 'ok', created_at: 'then' };
    await fixture.storage.db.insertInto('audit_logs').values(old).execute();
    await audit.append(entry('sealed'));
    expect(await audit.verify()).toMatchObject({ sealedEntries: 1, intact: true });
  });

  it('notices any change to any field of any sealed row', async () => {
    const text = fc.string({ maxLength: 20, unit: 'binary' });
    const entryOf = fc.record({
      kind: text,
      actor: text,
      action: text,
      target: fc.option(text),
      status: text,
      detail: fc.option(text),
    });
    const column = fc.constantFrom('kind', 'actor', 'action', 'target', 'status', 'detail', 'created_at');
    await fc.assert(
      fc.asyncProperty(
        fc.array(entryOf, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        column,
        text,
        async (entries, at, name, value) => {
          await fixture.storage.db.deleteFrom('audit_logs').execute();
          await Promise.all(entries.map((fields) => audit.append(fields)));
          const rows = await fixture.storage.db.selectFrom('audit_logs').selectAll().orderBy('id').execute();
          expect(await audit.verify()).toMatchObject({ intact: true, sealedEntries: entries.length });
          const row = rows[at % rows.length]!;
          fc.pre((row[name] ?? '') !== value);
          await change(row.id, { [name]: value });
          expect(await audit.verify()).toMatchObject({ intact: false, brokenAt: row.id });
        },
      ),
      { numRuns: 40 },
    );
  });
});
