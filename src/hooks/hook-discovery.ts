/**
 * Finds hooks: `<root>/<directory>/HOOK.md` in every root, in the order of the roots.
 *
 * Invariants: a name belongs to the first hook that claims it; a file is parsed and a directory listed again only when
 * it has changed, so that looking costs a turn next to nothing; what cannot be used is a problem, never a failure;
 * nothing is executed.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '../core/errors.ts';
import { fileStamp } from './file-stamp.ts';
import { HOOK_FILE, type HookDefinition, type ParsedHook, parseHookFile } from './hook-definition.ts';

export interface HookProblem {
  readonly path: string;
  readonly reason: string;
}

export interface DiscoveredHooks {
  readonly hooks: readonly HookDefinition[];
  readonly problems: readonly HookProblem[];
}

interface CachedHook {
  readonly stamp: string;
  readonly parsed: ParsedHook;
}

interface CachedListing {
  readonly stamp: string;
  readonly listing: Listing;
}

/**
 * A directory that changed this shortly before it was listed may change again without a new time of change, because
 * file systems count time in steps; such a listing is not kept.
 */
const SETTLED_MS = 2000;

export class HookDiscovery {
  readonly #roots: readonly string[];
  readonly #cache = new Map<string, CachedHook>();
  readonly #listings = new Map<string, CachedListing>();

  constructor(roots: readonly string[]) {
    this.#roots = [...new Set(roots)];
  }

  /** Looks at the disk now. */
  async scan(): Promise<DiscoveredHooks> {
    const listings = await Promise.all(this.#roots.map((root) => this.#list(root)));
    const problems: HookProblem[] = listings.flatMap((listing) => listing.problems);
    const directories = listings.flatMap((listing) => listing.directories);
    const files = await Promise.all(directories.map((directory) => this.#read(directory)));
    const hooks = new Map<string, HookDefinition>();
    for (const [index, directory] of directories.entries()) {
      const parsed = files[index];
      if (parsed === undefined) continue;
      const path = join(directory, HOOK_FILE);
      if (parsed.kind === 'rejected') {
        problems.push({ path, reason: parsed.reason });
        continue;
      }
      const first = hooks.get(parsed.hook.name);
      if (first === undefined) hooks.set(parsed.hook.name, parsed.hook);
      else problems.push({ path, reason: `the name ${parsed.hook.name} already belongs to ${first.path}` });
    }
    return { hooks: [...hooks.values()], problems };
  }

  async #list(root: string): Promise<Listing> {
    const current = fileStamp(root);
    if (current === undefined) return EMPTY;
    const cached = this.#listings.get(root);
    if (cached?.stamp === current.stamp) return cached.listing;
    const isSettled = current.mtimeMs < Date.now() - SETTLED_MS;
    const listing = await listDirectories(root);
    if (isSettled && listing.problems.length === 0) {
      this.#listings.set(root, { stamp: current.stamp, listing });
    } else this.#listings.delete(root);
    return listing;
  }

  /** `undefined` for a directory without a HOOK.md. */
  async #read(directory: string): Promise<ParsedHook | undefined> {
    const path = join(directory, HOOK_FILE);
    const stamp = fileStamp(path)?.stamp;
    if (stamp === undefined) {
      this.#cache.delete(path);
      return undefined;
    }
    const cached = this.#cache.get(path);
    if (cached?.stamp === stamp) return cached.parsed;
    const parsed = await parseFile(path, directory);
    this.#cache.set(path, { stamp, parsed });
    return parsed;
  }
}

async function parseFile(path: string, directory: string): Promise<ParsedHook> {
  try {
    return await parseHookFile(await readFile(path, 'utf8'), directory);
  } catch (error) {
    return { kind: 'rejected', reason: errorMessage(error) };
  }
}

interface Listing {
  readonly directories: readonly string[];
  readonly problems: readonly HookProblem[];
}

const EMPTY: Listing = { directories: [], problems: [] };

const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR']);

/** Sorted, so that the first of two equal names is the same one on every machine. */
async function listDirectories(root: string): Promise<Listing> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    const directories = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return { directories: directories.map((entry) => join(root, entry.name)).sort(), problems: [] };
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && ABSENT.has(error.code);
    return { directories: [], problems: isAbsent ? [] : [{ path: root, reason: errorMessage(error) }] };
  }
}
