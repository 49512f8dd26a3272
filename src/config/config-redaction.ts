/**
 * The configuration as it may be shown: every credential masked, references (`env:NAME`, `file:/path`) as they stand.
 *
 * Invariants: what the schema marks as a credential is masked, and so is whatever is named like one in a map with free
 * names, the values of header maps, and in addresses the user part and parameters named like a credential; an empty or
 * absent credential stays empty or absent, so that a client can tell "set" from "unset" (http-api §9). Nothing but text
 * can be a reference: a credential of another type is masked whole, because a broken file is shown too.
 */
import { isRecord } from '../core/json.ts';
import { configSchema } from './config.ts';
import type { ConfigPath } from './config-problem.ts';
import { isFreeMap, secretLeaves } from './schema-walk.ts';
import { parseSecretReference } from './secret-reference.ts';
import { valueAt } from './validate.ts';

export const MASK = '***';

const SECRET_NAMES: ReadonlySet<string> = new Set(['token', 'secret', 'password', 'key', 'authorization']);
const SECRET_ENDINGS = /_(?:token|secret|password|key)$/;
/** Numbers with such names count something: `completion_tokens`. */
const PLURAL_ENDINGS = /_(?:tokens|secrets|passwords|keys)$/;
/** Named like a credential and is none. */
const PUBLIC_NAMES = /(?:^|_)(?:public_key|session_key|session_keys|budget_tokens|max_tokens)$/;
const HEADER_MAP = /(?:^|_)headers$/;
/** A user part ends at the last `@` of the authority: passwords may hold one. */
const USER_PART = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]+@/i;
const SECRET_PARAMETER =
  /([?&](?:[\w.-]*[_.-])?(?:api_?key|key|token|secret|password|passwd|sig|signature)=)[^&#\s]+/gi;
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * `value` is a tree with canonical keys; `written` is the same tree as the file has it, from which references are
 * taken (in a loaded configuration they are resolved). The result is JSON: 64-bit ids beyond 2^53 become digits.
 */
export function redactConfig(value: unknown, written: unknown = value): unknown {
  const secrets = new Set(secretLeaves(configSchema, value).map(({ path }) => JSON.stringify(path)));
  const walk = (node: unknown, path: ConfigPath, isSecret: boolean): unknown => {
    if (typeof node === 'string') {
      if (isSecret || secrets.has(JSON.stringify(path))) return maskText(node, valueAt(written, path));
      return redactAddress(node);
    }
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index], isSecret));
    if (isRecord(node)) {
      const isFree = isFreeMap(configSchema, path);
      const entries = Object.entries(node).filter(([, inner]) => inner !== undefined);
      return Object.fromEntries(
        entries.map(([key, inner]) => [
          key,
          walk(inner, [...path, key], isSecret || hidesValues(key, inner, isFree)),
        ]),
      );
    }
    if (isSecret && (typeof node === 'number' || typeof node === 'bigint')) return MASK;
    if (typeof node === 'bigint') return Number.isSafeInteger(Number(node)) ? Number(node) : String(node);
    return node;
  };
  return walk(value, [], false);
}

/** Whether everything below a key is hidden. Blocks of the schema are not: its own marks apply below them. */
function hidesValues(key: string, value: unknown, isFree: boolean): boolean {
  const name = key.toLowerCase();
  if (isRecord(value) && HEADER_MAP.test(name)) return true;
  if ((isRecord(value) && !isFree) || PUBLIC_NAMES.test(name)) return false;
  if (SECRET_NAMES.has(name) || SECRET_ENDINGS.test(name)) return true;
  return PLURAL_ENDINGS.test(name) && typeof value !== 'number';
}

/** An empty credential stays empty; a reference shows as it is written. */
function maskText(text: string, written: unknown): string {
  if (text === '') return text;
  const kind = typeof written === 'string' ? parseSecretReference(written).kind : 'literal';
  return kind === 'environment' || kind === 'file' ? String(written) : MASK;
}

function redactAddress(text: string): string {
  if (!ADDRESS.test(text)) return text;
  return text.replace(USER_PART, `$1${MASK}@`).replace(SECRET_PARAMETER, `$1${MASK}`);
}

/** Whether a text holds the mask of a part of an address, so that it cannot be stored as it is. */
export function hasMaskedPart(text: string): boolean {
  return ADDRESS.test(text) && (text.includes(`://${MASK}@`) || text.includes(`=${MASK}`));
}
