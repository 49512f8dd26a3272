import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemRandomBytes } from './system-random.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'microclaw-random-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('gives as many bytes as asked for, others each time', () => {
  const texts = Array.from({ length: 200 }, () => systemRandomBytes(16).toString('hex'));
  expect(texts.every((text) => text.length === 32)).toBe(true);
  expect(new Set(texts).size).toBe(200);
  expect(systemRandomBytes(0).length).toBe(0);
});

it('uses every value of a byte about equally often', () => {
  const counts = new Map<number, number>();
  for (const byte of systemRandomBytes(256 * 400)) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  // 400 each is expected; ten standard deviations are never reached by chance.
  expect(counts.size).toBe(256);
  for (const count of counts.values()) expect(Math.abs(count - 400)).toBeLessThan(200);
});

it('does not take bytes from a file in the place of the generator, nor fail without one', async () => {
  const path = join(dir, 'urandom');
  await writeFile(path, Buffer.alloc(64));
  for (const generator of [path, join(dir, 'missing'), '/dev/null']) {
    const bytes = systemRandomBytes(16, generator);
    expect(bytes.length).toBe(16);
    expect(bytes.equals(Buffer.alloc(16))).toBe(false);
  }
});
