/**
 * Decides which files a tool may touch on behalf of a chat (tools §6).
 *
 * Rules, the first that fails refuses: the path is well formed; it is not on the deny list; it lies in one of the
 * chat's roots, before and after symbolic links are followed (a control chat may go elsewhere); it is inside the
 * configured allowlist; it is not one of the program's own files. A path below both a root and a protected place
 * belongs to the deeper of the two.
 *
 * Invariants: `..` is resolved before the file system is asked, links after; a decision names the real path, and
 * only that path is opened; a path whose text already leaves the roots never touches the file system, so refusals do
 * not tell what exists.
 */
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.ts';
import { type OpenedFile, openVerified } from './open-verified.ts';
import type { PathAllowlist } from './path-allowlist.ts';
import type { PathRefusal, PathRule } from './path-refusal.ts';
import { isSensitivePath } from './sensitive-path.ts';
import { type WriteMode, writeVerified } from './write-verified.ts';

export type PathAccess = 'read' | 'write';

/** Whose file access is judged. */
export interface PathScope {
  /** Relative paths start here; always readable and writable. */
  readonly baseDir: string;
  readonly isControlChat: boolean;
  /** Further roots of this one call. */
  readonly extraRoots?: readonly string[];
}

export interface PathGuardOptions {
  /** Readable and writable for every chat, e.g. `working_dir/shared`. */
  readonly sharedRoots: readonly string[];
  /** Readable for every chat, e.g. the skills directory. */
  readonly readOnlyRoots: readonly string[];
  /** The program's configuration, database and other internals: closed to control chats too. */
  readonly protectedPaths: readonly string[];
  /** The operator's allowlist, read for each decision; `undefined` when there is none. */
  readonly allowlist?: () => Promise<PathAllowlist | undefined>;
}

export type PathDecision = { readonly allowed: true; readonly realPath: string } | PathRefusal;

export interface PathGuard {
  /** Whether, and as which real path, `requested` may be used. The file need not exist. */
  check(requested: string, access: PathAccess, scope: PathScope): Promise<PathDecision>;
  /**
   * Opens a regular file for reading; the caller closes the handle. Rejects with the system's error (`ENOENT`, …)
   * when the file cannot be opened.
   */
  open(requested: string, scope: PathScope): Promise<OpenedFile | PathRefusal>;
  /**
   * Replaces or creates a regular file at once, parents included: readers see the old or the new content, never a
   * part. Rejects with the system's error; `EEXIST` in mode `create` when the file exists.
   */
  write(
    requested: string,
    content: string,
    mode: WriteMode,
    scope: PathScope,
  ): Promise<{ readonly allowed: true; readonly realPath: string } | PathRefusal>;
  /**
   * Whether a path found by listing below an allowed directory must be left out, with everything below it: credentials
   * and the program's own files. The paths given to it are real paths.
   */
  hiddenFrom(scope: PathScope): Promise<(realPath: string) => boolean>;
}

export function createPathGuard(options: PathGuardOptions): PathGuard {
  const check = (requested: string, access: PathAccess, scope: PathScope) =>
    decide(requested, access, scope, options);
  return {
    check,
    async open(requested, scope) {
      const decision = await check(requested, 'read', scope);
      return decision.allowed ? openVerified(decision.realPath, requested) : decision;
    },
    async write(requested, content, mode, scope) {
      const decision = await check(requested, 'write', scope);
      return decision.allowed ? writeVerified(decision.realPath, content, mode, requested) : decision;
    },
    async hiddenFrom(scope) {
      const roots = (await resolveRoots(rootsFor('read', scope, options))).real;
      const protectedPaths = (await resolveRoots(options.protectedPaths)).real;
      return (realPath) =>
        isSensitivePath(realPath) ||
        (isProtected(realPath, protectedPaths, roots) && !roots.some((root) => isInside(root, realPath)));
    },
  };
}

async function decide(
  requested: string,
  access: PathAccess,
  scope: PathScope,
  options: PathGuardOptions,
): Promise<PathDecision> {
  const deny = (rule: PathRule, why: string): PathRefusal => ({
    allowed: false,
    rule,
    message: `Access denied: '${requested}' ${why}`,
  });
  if (requested.trim() === '' || requested.includes('\0')) return deny('malformed', 'is not a valid path.');
  const lexical = path.resolve(scope.baseDir, requested);
  if (isSensitivePath(lexical)) return deny('sensitive', SENSITIVE_TEXT);
  const roots = await resolveRoots(rootsFor(access, scope, options));
  if (!scope.isControlChat && !isInsideAny(lexical, roots.named) && !isInsideAny(lexical, roots.real)) {
    return deny('outside', OUTSIDE_TEXT);
  }
  const real = await followLinks(lexical);
  if (real.kind === 'broken') return deny('symlink', `symlink validation failed: ${real.why}`);
  if (isSensitivePath(real.path)) return deny('sensitive', SENSITIVE_TEXT);
  if (!scope.isControlChat && !isInsideAny(real.path, roots.real)) {
    return deny('symlink', 'symlink validation failed: it leads outside the chat’s directories.');
  }
  const allowlist = await options.allowlist?.();
  if (allowlist !== undefined && !isInsideAny(real.path, (await resolveRoots(allowlist.roots)).real)) {
    return deny('allowlist', `is outside configured allowlist '${allowlist.file}'`);
  }
  const protectedPaths = (await resolveRoots(options.protectedPaths)).real;
  if (isProtected(real.path, protectedPaths, roots.real)) {
    return deny('protected', 'belongs to the program itself and cannot be accessed.');
  }
  return { allowed: true, realPath: real.path };
}

const SENSITIVE_TEXT = 'is a sensitive path and cannot be accessed.';
const OUTSIDE_TEXT =
  "is outside the chat's working directory. Use a relative path, or ask the operator to share the directory.";

function rootsFor(access: PathAccess, scope: PathScope, options: PathGuardOptions): readonly string[] {
  const writable = [scope.baseDir, ...options.sharedRoots, ...(scope.extraRoots ?? [])];
  return access === 'read' ? [...writable, ...options.readOnlyRoots] : writable;
}

interface Roots {
  /** As configured. */
  readonly named: readonly string[];
  /** With links followed; as configured where that is not possible. */
  readonly real: readonly string[];
}

async function resolveRoots(roots: readonly string[]): Promise<Roots> {
  const named = roots.map((root) => path.resolve(root));
  const real = await Promise.all(
    named.map(async (root) => {
      const followed = await followLinks(root);
      return followed.kind === 'real' ? followed.path : root;
    }),
  );
  return { named, real };
}

type FollowedPath =
  | { readonly kind: 'real'; readonly path: string }
  | { readonly kind: 'broken'; readonly why: string };

/** A name that is too long for the file system does not exist either; using it fails with the better error. */
const MISSING_CODES: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']);

/**
 * The real path of the deepest existing ancestor plus what does not exist yet. A link without a target is broken: a
 * file created through it would appear somewhere else.
 */
async function followLinks(absolutePath: string): Promise<FollowedPath> {
  const missing: string[] = [];
  for (let current = absolutePath; ; current = path.dirname(current)) {
    try {
      return { kind: 'real', path: path.join(await realpath(current), ...missing) };
    } catch (error) {
      const code = errorCode(error);
      if (!MISSING_CODES.has(code)) return { kind: 'broken', why: `it cannot be resolved (${code}).` };
    }
    if (await isLink(current)) return { kind: 'broken', why: 'it is a link without a target.' };
    if (current === path.dirname(current)) return { kind: 'real', path: absolutePath };
    missing.unshift(path.basename(current));
  }
}

async function isLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink();
  } catch {
    return false; // nothing there at all, which `followLinks` handles as missing
  }
}

/** True when `file` is `root` or below it. */
export function isInside(file: string, root: string): boolean {
  const relative = path.relative(root, file);
  return relative === '' || (!isUpward(relative) && !path.isAbsolute(relative));
}

function isUpward(relative: string): boolean {
  return relative === '..' || relative.startsWith(`..${path.sep}`);
}

function isInsideAny(file: string, roots: readonly string[]): boolean {
  return roots.some((root) => isInside(file, root));
}

/** Whether the deepest of the protected places and roots that hold `file` is a protected one. */
function isProtected(file: string, protectedPaths: readonly string[], roots: readonly string[]): boolean {
  return depthOfHolder(file, protectedPaths) > depthOfHolder(file, roots);
}

/** Length of the deepest of `roots` that holds `file`; -1 when none does. */
function depthOfHolder(file: string, roots: readonly string[]): number {
  return Math.max(-1, ...roots.filter((root) => isInside(file, root)).map((root) => root.length));
}
