/**
 * Reads a whole text file through the guard: bounded in size, strict UTF-8, binary content refused.
 */

import type { OpenedFile } from '../../security/path-guard/open-verified.ts';
import type { PathGuard, PathScope } from '../../security/path-guard/path-guard.ts';
import type { PathRefusal } from '../../security/path-guard/path-refusal.ts';
import { describeFileError, MAX_FILE_BYTES } from './file-tool-options.ts';

type TextFile =
  | { readonly kind: 'text'; readonly text: string; readonly realPath: string }
  | { readonly kind: 'denied'; readonly refusal: PathRefusal }
  /** `missing`: there is no such file; `reason` is complete text for the model. */
  | { readonly kind: 'failed'; readonly missing: boolean; readonly reason: string };

export async function readTextFile(
  guard: PathGuard,
  requested: string,
  scope: PathScope,
  signal: AbortSignal,
): Promise<TextFile> {
  try {
    const opened = await guard.open(requested, scope);
    if (!opened.allowed) return { kind: 'denied', refusal: opened };
    try {
      return await readOpened(opened, signal);
    } finally {
      await opened.handle.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    const reason = describeFileError(error);
    return { kind: 'failed', missing: reason === describeFileError(NOT_FOUND), reason };
  }
}

const NOT_FOUND = Object.assign(new Error('not found'), { code: 'ENOENT' });

async function readOpened(opened: OpenedFile, signal: AbortSignal): Promise<TextFile> {
  const { handle, stats, realPath } = opened;
  if (stats.size > MAX_FILE_BYTES) {
    return unusable(
      `file is ${stats.size} bytes; the limit is ${MAX_FILE_BYTES}. Use bash (head, tail, sed) for parts.`,
    );
  }
  const bytes = await handle.readFile({ signal });
  if (bytes.length > MAX_FILE_BYTES) return unusable(`file is larger than ${MAX_FILE_BYTES} bytes.`);
  const text = decodeText(bytes);
  if (text === undefined)
    return unusable('file is binary, not UTF-8 text. Use bash (file, xxd) to inspect it.');
  return { kind: 'text', text, realPath };
}

function unusable(reason: string): TextFile {
  return { kind: 'failed', missing: false, reason };
}

/** The text, byte order mark kept; `undefined` when the bytes are not UTF-8 or contain NUL. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 8192).includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // not UTF-8, which is the answer
  }
}
