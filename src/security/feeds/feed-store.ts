/**
 * Copies of host lists in files, so that the last good one is in force after a restart while its server is down, and
 * so that the doctor can tell how each list is doing.
 *
 * Invariants: readable for this user only; a file is replaced as a whole; a file that is damaged counts as absent.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import { lazyObject } from '../../core/lazy-object.ts';
import type { FeedSource, FeedStatus } from './feed-source.ts';

export interface FeedStore {
  loadStatus(source: FeedSource): Promise<FeedStatus | undefined>;
  /** The entries of the last good list, one per line. */
  loadList(source: FeedSource): Promise<string | undefined>;
  saveStatus(source: FeedSource, status: FeedStatus): Promise<void>;
  saveList(source: FeedSource, list: string): Promise<void>;
}

const statusSchema = lazyObject(() => ({
  label: z.string(),
  mode: z.enum(['denylist', 'allowlist']),
  entries: z.number().nullable(),
  fetchedAtMs: z.number().nullable(),
  error: z.string().nullable(),
}));

/** `directory` is created when something is saved. */
export function createFeedStore(directory: string): FeedStore {
  const pathOf = (source: FeedSource, extension: string) => join(directory, `${keyOf(source)}.${extension}`);
  const save = async (path: string, text: string) => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      await writeFile(temporary, text, { mode: 0o600 });
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
  };
  return {
    async loadStatus(source) {
      const parsed = statusSchema.safeParse(parseJson((await readIfThere(pathOf(source, 'json'))) ?? ''));
      return parsed.success ? parsed.data : undefined;
    },
    loadList: (source) => readIfThere(pathOf(source, 'list')),
    saveStatus: (source, status) => save(pathOf(source, 'json'), JSON.stringify(status)),
    saveList: (source, list) => save(pathOf(source, 'list'), list),
  };
}

/** Two sources share a copy when they read the same list in the same way. */
function keyOf({ url, format, mode }: FeedSource): string {
  return createHash('sha256').update(`${mode}\n${format}\n${url}`).digest('hex').slice(0, 32);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
