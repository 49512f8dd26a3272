/**
 * Lists a directory tree without following links out of it, bounded in entries, abortable, in a stable order.
 */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

interface WalkOptions {
  /** Real path of the directory to list. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** Levels of directories to list; `undefined` for all. */
  readonly depth: number | undefined;
  /** Entries looked at in all before the walk stops. */
  readonly maxEntries: number;
  /** Entries left out together with everything below them. */
  skip(name: string, absolutePath: string): boolean;
}

export interface WalkEntry {
  readonly absolutePath: string;
  /** Relative to the root, with `/`. */
  readonly relativePath: string;
  /** A link is listed as `link` and never followed. */
  readonly kind: 'file' | 'directory' | 'link' | 'other';
}

/** Thrown away by callers that stop early; `complete` tells whether `maxEntries` cut the walk short. */
interface Walk {
  readonly entries: AsyncIterable<WalkEntry>;
  complete(): boolean;
}

/** Breadth first, so that a bound cuts the deepest entries; names in byte order. Unreadable directories are skipped. */
export function walkTree(options: WalkOptions): Walk {
  let isComplete = true;
  async function* entries(): AsyncGenerator<WalkEntry> {
    let seen = 0;
    const queue: { readonly relativePath: string; readonly level: number }[] = [
      { relativePath: '', level: 1 },
    ];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      options.signal.throwIfAborted();
      for (const dirent of await listDirectory(path.join(options.root, next.relativePath))) {
        if (seen >= options.maxEntries) {
          isComplete = false;
          return;
        }
        seen += 1;
        const relativePath = next.relativePath === '' ? dirent.name : `${next.relativePath}/${dirent.name}`;
        const absolutePath = path.join(options.root, relativePath);
        if (options.skip(dirent.name, absolutePath)) continue;
        const kind = kindOf(dirent);
        yield { absolutePath, relativePath, kind };
        const isDeeper = options.depth === undefined || next.level < options.depth;
        if (kind === 'directory' && isDeeper) queue.push({ relativePath, level: next.level + 1 });
      }
    }
  }
  return { entries: entries(), complete: () => isComplete };
}

async function listDirectory(directory: string): Promise<readonly Dirent[]> {
  try {
    const dirents = await readdir(directory, { withFileTypes: true });
    return dirents.sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch {
    return []; // vanished or unreadable: a listing shows what can be seen
  }
}

function kindOf(dirent: Dirent): WalkEntry['kind'] {
  if (dirent.isSymbolicLink()) return 'link';
  if (dirent.isDirectory()) return 'directory';
  return dirent.isFile() ? 'file' : 'other';
}
