/** What the file tools share: the guard, their limits, and how a refused path is answered. */
import { errorMessage } from '../../core/errors.ts';
import type { PathGuard, PathScope } from '../../security/path-guard/path-guard.ts';
import type { PathRefusal } from '../../security/path-guard/path-refusal.ts';
import type { ToolContext, ToolOutcome } from '../tool.ts';
import { pathRule } from './path-boundary.ts';

export interface FileToolOptions {
  readonly guard: PathGuard;
  /** Lines of a `file_diff`, at least 4. */
  readonly diffMaxLines?: number;
}

/** Larger files are neither read nor edited. Bytes. */
export const MAX_FILE_BYTES = 10 * 1_048_576;

export function pathScope(context: Pick<ToolContext, 'workspace' | 'isControlChat'>): PathScope {
  return { baseDir: context.workspace.baseDir, isControlChat: context.isControlChat };
}

export function deniedOutcome(refusal: PathRefusal): ToolOutcome {
  return {
    content: refusal.message,
    isError: true,
    errorType: 'path_policy_blocked',
    rule: pathRule(refusal),
  };
}

export function failedOutcome(content: string): ToolOutcome {
  return { content, isError: true, errorType: 'tool_error' };
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  ENOSPC: 'No space left on device',
  EDQUOT: 'Disk quota exceeded',
  EROFS: 'Read-only file system',
  ENAMETOOLONG: 'File name too long',
  EEXIST: 'File exists',
};

/** A system error in words, without the absolute path Node puts into the message. */
export function describeFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return SYSTEM_ERRORS[code] ?? (code === '' ? errorMessage(error) : code);
}
