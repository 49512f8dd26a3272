/**
 * A process that owns a database, for tests that kill it. `hold` opens it and waits; `write` also stores numbered pairs
 * of facts, one batch each, and prints the number of every pair that was acknowledged.
 */
import { systemClock } from '../../src/core/clock.ts';
import { MicroclawError } from '../../src/core/errors.ts';
import { openStorage, type Storage } from '../../src/storage/storage.ts';

async function writePairs(storage: Storage): Promise<never> {
  const pair = (name: string) => ({
    query: storage.db.insertInto('db_meta').values({ key: name, value: '' }),
  });
  for (let number = 1; ; number += 1) {
    await storage.write([pair(`left-${number}`), pair(`right-${number}`)], { durability: 'full' });
    process.stdout.write(`${number}\n`);
  }
}

async function run(mode: string, path: string): Promise<void> {
  const storage = await openStorage({ path, clock: systemClock });
  process.stdout.write('ready\n');
  if (mode === 'write') await writePairs(storage);
}

try {
  await run(process.argv[2] ?? '', process.argv[3] ?? '');
} catch (error) {
  process.stdout.write(
    `${error instanceof MicroclawError ? `${error.code} ${error.message}` : String(error)}\n`,
  );
  process.exitCode = 1;
}
