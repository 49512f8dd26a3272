/**
 * Credentials that are written as a reference: `env:NAME`, `${NAME}` or `file:/path`. Anything else is the credential
 * itself.
 *
 * Invariants: a failure names the key and the reference, never a value; a file is read as text without its final line
 * break.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorMessage } from '../core/errors.ts';
import { homeDirectory } from './home-directory.ts';

/** Where a credential comes from. */
export type SecretReference =
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'file'; readonly path: string }
  /** Begins like a reference and names no variable. */
  | { readonly kind: 'unnamed' };

/** Sorts what is written in the file. */
export function parseSecretReference(text: string): SecretReference {
  const trimmed = text.trim();
  const variable =
    /^env:\s*([A-Za-z_][A-Za-z0-9_]*)$/.exec(trimmed) ?? /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(trimmed);
  if (variable?.[1] !== undefined) return { kind: 'environment', variable: variable[1] };
  if (/^env:|^\$\{[^}]*\}$/.test(trimmed)) return { kind: 'unnamed' };
  if (trimmed.startsWith('file:')) return { kind: 'file', path: trimmed.slice('file:'.length).trim() };
  return { kind: 'literal', value: trimmed };
}

/** What resolving needs to know. */
export interface SecretContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here: the directory of the configuration file. */
  readonly baseDir: string;
}

export type ResolvedSecret =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly message: string };

/** The credential, or why there is none. */
export async function resolveSecret(
  reference: SecretReference,
  context: SecretContext,
): Promise<ResolvedSecret> {
  switch (reference.kind) {
    case 'literal':
      return { ok: true, value: reference.value };
    case 'environment': {
      const value = context.env[reference.variable]?.trim() ?? '';
      if (value !== '') return { ok: true, value };
      return { ok: false, message: `environment variable ${reference.variable} is not set` };
    }
    case 'unnamed':
      return {
        ok: false,
        message: 'the name of a variable has letters, digits and underscores only, as in env:NAME',
      };
    case 'file':
      return await readSecretFile(reference.path, context.baseDir);
    default:
      reference satisfies never;
      throw new TypeError('unreachable');
  }
}

async function readSecretFile(path: string, baseDir: string): Promise<ResolvedSecret> {
  const absolute = path.startsWith('~/') ? resolve(homeDirectory(), path.slice(2)) : resolve(baseDir, path);
  try {
    const value = (await readFile(absolute, 'utf8')).trim();
    return value === '' ? { ok: false, message: `file ${path} is empty` } : { ok: true, value };
  } catch (error) {
    return { ok: false, message: `cannot read the file: ${errorMessage(error)}` };
  }
}
