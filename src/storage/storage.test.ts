import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineProcess } from '../../test/support/line-process.ts';
import { StorageFixture } from '../../test/support/storage-fixture.ts';
import { beginStorage, openStorage, type Storage } from './storage.ts';

const CHILD = fileURLToPath(new URL('../../test/support/storage-child.ts', import.meta.url));

describe('Storage', () => {
  let fixture: StorageFixture;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
  });

  afterEach(() => fixture.dispose());

  const put = (key: string, value = '') => ({
    query: fixture.storage.db.insertInto('db_meta').values({ key, value }),
  });
  const stored = async (prefix: string) =>
    (await fixture.repositories.meta.listByPrefix(prefix)).map((row) => row.key);

  it('runs the statements of a batch together or not at all', async () => {
    await fixture.storage.write([put('a-1'), put('a-2')]);
    const twice = fixture.storage.write([put('a-3'), put('a-1')]);
    await expect(twice).rejects.toMatchObject({ code: 'MC_STORAGE_CONSTRAINT', kind: 'permanent' });
    expect(await stored('a-')).toEqual(['a-1', 'a-2']);
  });

  it('rolls a batch back when a statement changes another number of rows than expected', async () => {
    const nothing = {
      query: fixture.storage.db.deleteFrom('db_meta').where('key', '=', 'none'),
      expectRows: 1,
    };
    const refused = fixture.storage.write([put('a-1'), nothing]);
    await expect(refused).rejects.toMatchObject({ code: 'MC_STORAGE_CONFLICT' });
    expect(await stored('a-')).toEqual([]);
  });

  it('lets batches that wait together share commits', async () => {
    const before = fixture.storage.stats();
    const batches = Array.from({ length: 100 }, (_, index) => fixture.storage.write([put(`a-${index}`)]));
    expect(fixture.storage.stats().queueLength).toBe(100);
    await Promise.all(batches);
    const after = fixture.storage.stats();
    expect(after.batches - before.batches).toBe(100);
    expect(after.commits - before.commits).toBeLessThan(10);
    expect(after.queueLength).toBe(0);
  });

  it('keeps the neighbours of a batch that fails', async () => {
    const settled = await Promise.allSettled([
      fixture.storage.write([put('a-1')]),
      fixture.storage.write([put('a-2'), put('a-1')]),
      fixture.storage.write([put('a-3')]),
    ]);
    expect(settled.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await stored('a-')).toEqual(['a-1', 'a-3']);
  });

  it('answers everything accepted before close, refuses everything after it, and closes once', async () => {
    const accepted = fixture.storage.write([put('a-1')]);
    const closing = fixture.storage.close();
    const late = fixture.storage.write([put('a-2')]);
    await expect(late).rejects.toMatchObject({ code: 'MC_STORAGE_CLOSED' });
    await accepted;
    await Promise.all([closing, fixture.storage.close()]);
    await fixture.reopen();
    expect(await stored('a-')).toEqual(['a-1']);
  });

  it('leaves one file behind when closed, with nothing in the log', async () => {
    await fixture.storage.write([put('a-1')]);
    await fixture.storage.close();
    await expect(stat(`${fixture.path}-wal`)).rejects.toThrow('ENOENT');
    const database = new DatabaseSync(fixture.path, { readOnly: true });
    expect(database.prepare("select count(*) as n from db_meta where key = 'a-1'").get()).toMatchObject({
      n: 1,
    });
    database.close();
  });

  it('creates the file and its directory for their owner only', async () => {
    const path = join(fixture.directory, 'runtime', 'deep', 'microclaw.db');
    const storage = await openStorage({ path, clock: fixture.clock });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(`${path}-wal`)).mode & 0o777).toBe(0o600);
    expect((await stat(join(fixture.directory, 'runtime'))).mode & 0o777).toBe(0o700);
    await storage.close();
  });

  it('copies the database while it is being written', async () => {
    await fixture.storage.write([put('a-0')]);
    const target = join(fixture.directory, 'copy.db');
    const writing = Array.from({ length: 50 }, (_, index) => fixture.storage.write([put(`b-${index}`)]));
    await Promise.all([fixture.storage.backup(target), ...writing]);
    const copy = new DatabaseSync(target, { readOnly: true });
    expect(copy.prepare("select value from db_meta where key = 'a-0'").all()).toHaveLength(1);
    expect(copy.prepare('pragma integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
    copy.close();
    expect((await stat(target)).mode & 0o777).toBe(0o600);
  });

  it('breaks a backup off when it is closed, leaving no half copy', async () => {
    const target = join(fixture.directory, 'copy.db');
    const backup = fixture.storage.backup(target);
    const settled = Promise.allSettled([backup]);
    await fixture.storage.close();
    expect(await settled).toMatchObject([{ status: 'rejected', reason: { code: 'MC_STORAGE_CLOSED' } }]);
    await expect(stat(`${target}.partial`)).rejects.toThrow('ENOENT');
  });

  it('reports a sound file', async () => {
    expect(await fixture.storage.check()).toMatchObject({ intact: true, problems: [] });
    expect(fixture.storage.stats().integrity?.intact).toBe(true);
  });

  it('survives kill -9 in the middle of writing with everything it acknowledged, and no half batch', async () => {
    await fixture.storage.close();
    const child = new LineProcess(process.execPath, [CHILD, 'write', fixture.path]);
    await child.waitForLine((line) => line === '50');
    await child.killHard();
    const acknowledged = Math.max(...child.lines.filter((line) => line !== 'ready').map(Number));
    await fixture.reopen();
    const left = (await stored('left-')).length;
    expect(left).toBeGreaterThanOrEqual(acknowledged);
    expect(await stored('right-')).toHaveLength(left);
    expect(await fixture.storage.check()).toMatchObject({ intact: true });
  });
});

describe('openStorage', () => {
  let fixture: StorageFixture;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
    await fixture.storage.close();
  });

  afterEach(() => fixture.dispose());

  const open = (path = fixture.path) => openStorage({ path, clock: fixture.clock });

  it('refuses a file that is no database and does not touch it', async () => {
    const path = join(fixture.directory, 'text.db');
    const text = 'not a database at all. '.repeat(100);
    await writeFile(path, text);
    await expect(open(path)).rejects.toMatchObject({
      code: 'MC_STORAGE_CORRUPT',
      hint: expect.stringContaining('backup'),
    });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('refuses a damaged database', async () => {
    await fixture.reopen();
    const chat = await fixture.chat('main');
    for (let index = 0; index < 200; index += 1) await fixture.message(chat.chatId, `${index}`.repeat(200));
    await fixture.storage.close();
    const bytes = await readFile(fixture.path);
    bytes.fill(0x5a, 4096 * 8, 4096 * 30);
    await writeFile(fixture.path, bytes);
    await expect(open()).rejects.toMatchObject({ code: 'MC_STORAGE_CORRUPT' });
  });

  it('checks a large database after opening it and reports damage', async () => {
    await fixture.reopen();
    const chat = await fixture.chat('main');
    for (let index = 0; index < 200; index += 1) await fixture.message(chat.chatId, `${index}`.repeat(200));
    await fixture.storage.close();
    const bytes = await readFile(fixture.path);
    bytes.fill(0x5a, bytes.length - 4096 * 20, bytes.length);
    await writeFile(fixture.path, bytes);
    const problem = await new Promise((resolve, reject) => {
      const options = { checkBelowBytes: 1, backgroundCheckDelayMs: 1, onProblem: resolve };
      fixture.reopen(options).catch(reject);
    });
    expect(problem).toMatchObject({ code: 'MC_STORAGE_CORRUPT' });
  });

  it('says that a path cannot be opened', async () => {
    await expect(open(join(fixture.path, 'below-a-file', 'microclaw.db'))).rejects.toMatchObject({
      code: 'MC_STORAGE_CANNOT_OPEN',
      kind: 'config',
    });
    await mkdir(join(fixture.directory, 'dir.db'));
    await expect(open(join(fixture.directory, 'dir.db'))).rejects.toMatchObject({
      code: 'MC_STORAGE_CANNOT_OPEN',
    });
  });

  it.runIf(process.platform === 'linux')('does not look for ever where nothing can be created', async () => {
    await expect(open('/proc/microclaw-none/runtime/a.db')).rejects.toMatchObject({
      code: 'MC_STORAGE_CANNOT_OPEN',
    });
  });

  it('gives the lock back when it cannot open', async () => {
    const path = join(fixture.directory, 'text.db');
    await writeFile(path, 'not a database at all. '.repeat(100));
    await expect(open(path)).rejects.toMatchObject({ code: 'MC_STORAGE_CORRUPT' });
    await writeFile(path, '');
    const storage = await open(path);
    await storage.close();
  });
});

describe('beginStorage', () => {
  let fixture: StorageFixture;

  beforeEach(async () => {
    fixture = await StorageFixture.open();
  });

  afterEach(() => fixture.dispose());

  const begin = (name = 'new.db') =>
    beginStorage({ path: join(fixture.directory, name), clock: fixture.clock });
  const insert = (storage: Storage, key: string) => ({
    query: storage.db.insertInto('db_meta').values({ key, value: 'x' }),
  });
  const count = async (storage: Storage) => {
    const query = storage.db.selectFrom('db_meta').select('key').where('key', 'in', ['first', 'second']);
    return (await storage.read(query.compile())).length;
  };

  it('answers in order what was asked before the file was open, after its schema was made', async () => {
    const { storage, opened } = begin();
    const settled: string[] = [];
    const answers = await Promise.all([
      count(storage),
      storage.write([insert(storage, 'first')]),
      storage.write([insert(storage, 'second')]).then(() => settled.push('write')),
      count(storage).then((rows) => settled.push(`${rows} rows`)),
      opened.then(() => settled.push('open')),
    ]);
    expect(answers[0]).toBe(0);
    expect(settled).toEqual(['open', 'write', '2 rows']);
    expect(storage.stats()).toMatchObject({ queueLength: 0, commits: expect.any(Number) });
    await storage.close();
  });

  it('refuses everything with the reason when the file cannot be opened, and closes', async () => {
    const { storage, opened } = begin('microclaw.db');
    const locked = { status: 'rejected', reason: { code: 'MC_STORAGE_LOCKED' } };
    const asked = [opened, count(storage), storage.write([insert(storage, 'first')])];
    expect(storage.stats().queueLength).toBe(2);
    expect(await Promise.allSettled(asked)).toMatchObject([locked, locked, locked]);
    await storage.close();
    await expect(count(storage)).rejects.toMatchObject({ code: 'MC_STORAGE_LOCKED' });
    expect(storage.stats().queueLength).toBe(0);
  });

  it('answers what was asked before it was closed, and refuses the rest, also while it is being opened', async () => {
    const { storage, opened } = begin();
    const early = storage.write([insert(storage, 'first')]);
    const closing = storage.close();
    await expect(storage.write([insert(storage, 'second')])).rejects.toMatchObject({
      code: 'MC_STORAGE_CLOSED',
    });
    await Promise.all([opened, early, closing]);
    const again = await openStorage({ path: join(fixture.directory, 'new.db'), clock: fixture.clock });
    expect(await count(again)).toBe(1);
    await again.close();
  });
});
