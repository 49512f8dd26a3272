/**
 * The configuration as it may be shown: every credential masked, references (`env:NAME`, `file:/path`) as they stand.
 *
 * Invariants: what the schema marks as a credential is masked, and so is whatever is named like one in a map with free
 * names, the values of header maps, and the user part of addresses; an empty or absent credential stays empty or
 * absent, so that a client can tell "set" from "unset" (http-api §9).
 */
import { isRecord } from '../core/json.ts';
import { configSchema } from './config.ts';
import type { ConfigPath } from './config-problem.ts';
import { secretLeaves } from './schema-walk.ts';
import { parseSecretReference } from './secret-reference.ts';
import { valueAt } from './validate.ts';

export const MASK = '***';

const SECRET_NAMES: ReadonlySet<string> = new Set(['token', 'secret', 'password', 'key', 'authorization']);
const SECRET_ENDINGS = /_(?:tokens?|secrets?|passwords?|keys?)$/;
/** Named like a credential and is none. */
const PUBLIC_NAMES = /(?:^|_)(?:public_key|session_key|session_keys|budget_tokens|max_tokens)$/;
const HEADER_MAP = /(?:^|_)headers$/;
const USER_PART = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#@\s]+@/i;

/**
 * `value` is a tree with canonical keys; `written` is the same tree as the file has it, from which references are
 * taken (in a loaded configuration they are resolved). The result is JSON: 64-bit ids beyond 2^53 become digits.
 */
export function redactConfig(value: unknown, written: unknown = value): unknown {
  const secrets = new Set(secretLeaves(configSchema, value).map(({ path }) => JSON.stringify(path)));
  const walk = (node: unknown, path: ConfigPath, isSecret: boolean): unknown => {
    if (typeof node === 'bigint') return Number.isSafeInteger(Number(node)) ? Number(node) : String(node);
    if (typeof node === 'string') {
      if (isSecret || secrets.has(JSON.stringify(path))) return maskText(valueAt(written, path) ?? node);
      return node.replace(USER_PART, `$1${MASK}@`);
    }
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index], isSecret));
    if (!isRecord(node)) return isSecret && typeof node === 'number' ? MASK : node;
    const entries = Object.entries(node).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(
      entries.map(([key, inner]) => [key, walk(inner, [...path, key], isSecret || hidesValues(key, inner))]),
    );
  };
  return walk(value, [], false);
}

/** Whether everything below a key is hidden. Numbers and blocks are hidden only below header maps. */
function hidesValues(key: string, value: unknown): boolean {
  const name = key.toLowerCase();
  if (isRecord(value)) return HEADER_MAP.test(name);
  if (typeof value === 'number' || PUBLIC_NAMES.test(name)) return false;
  return SECRET_NAMES.has(name) || SECRET_ENDINGS.test(name);
}

function maskText(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return text;
  return parseSecretReference(text).kind === 'literal' ? MASK : text;
}
