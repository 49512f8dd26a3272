import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MicroclawError } from '../../core/errors.ts';
import { StorageThread } from './storage-thread.ts';
import { WorkerClient } from './worker-client.ts';
import { defaultWorkerUrl } from './worker-url.ts';

/** A thread that opens, and ends at the first request. */
const DYING_THREAD = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads';
    parentPort.once('message', () => {
      parentPort.postMessage({ kind: 'opened', opened: { tableCount: 0, applied: [], fileBytes: 0 } });
      parentPort.once('message', () => { throw new Error('out of luck'); });
    });
  `)}`,
);
/** A thread that ends before it says anything. */
const SILENT_THREAD = new URL('data:text/javascript,process.exit(3)');

describe('WorkerClient', () => {
  let directory: string;
  let lost: MicroclawError[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'microclaw-client-'));
    lost = [];
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function start(url: URL = defaultWorkerUrl()) {
    const path = join(directory, 'microclaw.db');
    const assignment = {
      kind: 'serve',
      path,
      maxPages: undefined,
      transactionIdleMs: 1000,
      checkBelowBytes: 0,
    } as const;
    return WorkerClient.start(new StorageThread(url), assignment, (error) => lost.push(error));
  }

  const query = (sql: string) => ({ sql, parameters: [] });

  it('describes the file it opened', async () => {
    const { client, opened } = await start();
    expect(opened).toEqual({ tableCount: 0, applied: undefined, fileBytes: 0 });
    await client.close();
    expect(lost).toEqual([]);
  });

  it('keeps a reply with its request when many are under way', async () => {
    const { client } = await start();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => client.read(query(`select ${index} as n`))),
    );
    expect(answers.map((answer) => answer.rows[0]?.n)).toEqual(answers.map((_, index) => index));
    await client.close();
  });

  it('answers what waits when the thread dies, says so once, and refuses everything after', async () => {
    const { client } = await start(DYING_THREAD);
    const waiting = [client.read(query('select 1')), client.write([query('select 1')], 'full')];
    const settled = await Promise.allSettled(waiting);
    for (const outcome of settled) {
      expect(outcome).toMatchObject({ reason: { code: 'MC_STORAGE_WORKER_LOST', kind: 'uncertain' } });
    }
    await expect(client.read(query('select 1'))).rejects.toMatchObject({ code: 'MC_STORAGE_WORKER_LOST' });
    await client.close();
    expect(lost.map((error) => error.message)).toEqual(['out of luck']);
  });

  it('rejects the start when the thread ends before it has opened anything', async () => {
    await expect(start(SILENT_THREAD)).rejects.toMatchObject({
      code: 'MC_STORAGE_WORKER_LOST',
      message: 'the database thread ended with code 3',
    });
  });

  it('rejects the start when the thread had ended before it was told what to do', async () => {
    const thread = new StorageThread(SILENT_THREAD);
    await once(thread.worker, 'exit');
    await expect(
      thread.assign({ kind: 'check', path: join(directory, 'microclaw.db') }),
    ).rejects.toMatchObject({
      code: 'MC_STORAGE_WORKER_LOST',
      message: 'the database thread ended with code 3',
    });
  });

  it('lets an open transaction finish while closing', async () => {
    const { client } = await start();
    await client.write([query('create table t (a)')], 'normal');
    const transaction = await client.begin();
    const closing = client.close();
    await client.write([query('insert into t values (1)')], 'normal', transaction);
    await client.end(transaction, true);
    await closing;
    const { client: again } = await start();
    expect((await again.read(query('select a from t'))).rows).toEqual([{ a: 1 }]);
    await again.close();
  });
});
