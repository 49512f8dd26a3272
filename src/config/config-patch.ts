/**
 * Changes of the configuration as a client sends them (`PUT /api/config`), applied to plain values.
 *
 * Invariants: a masked value that comes back keeps what is stored; `null` clears; an absent field changes nothing; a
 * field of a feature that this version lacks is named and has no effect; any other unknown field is refused.
 */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../core/json.ts';
import { configSchema } from './config.ts';
import { MASK } from './config-redaction.ts';
import { configErrors } from './errors.ts';
import { classifyUnrecognised } from './not-built-keys.ts';
import { keysAt } from './schema-walk.ts';
import { suggestion } from './suggest.ts';

type Tree = Readonly<Record<string, unknown>>;

export interface PatchedConfig {
  readonly root: Tree;
  /** Fields of features that this version lacks. */
  readonly ignored: readonly string[];
}

/** Fields whose name is not the key. */
const FIELD_PATHS: Readonly<Record<string, readonly string[]>> = {
  sandbox_credential_env_allowlist: ['sandbox', 'credential_env_allowlist'],
  web_bot_username: ['channels', 'web', 'bot_username'],
};

/** Fields of the reference whose features are not built and whose names are not keys either. */
const ABSENT_FIELDS = /^(?:a2a|embedding|telegram|discord|slack|feishu)_/;

/**
 * `root` is what the file says, with canonical keys; `shown` is what clients see of it, defaults included. Raises
 * `MC_CONFIG_REJECTED`.
 */
export function patchConfig(root: Tree, patch: Tree, shown: Tree): PatchedConfig {
  const next: Record<string, unknown> = structuredClone(root);
  const ignored: string[] = [];
  for (const [field, value] of Object.entries(patch)) {
    if (field === 'channel_configs') ignored.push(...patchChannels({ next, root, shown }, value));
    else if (isAbsent(field)) ignored.push(field);
    else patchField({ next, root, shown }, field, value);
  }
  return { root: next, ignored };
}

function isAbsent(field: string): boolean {
  if (keysAt(configSchema, []).includes(field) || FIELD_PATHS[field] !== undefined) return false;
  return classifyUnrecognised([field]) === 'not_built' || ABSENT_FIELDS.test(field);
}

interface Patching {
  readonly next: Record<string, unknown>;
  readonly root: Tree;
  readonly shown: Tree;
}

function patchField({ next, root, shown }: Patching, field: string, value: unknown): void {
  const path = FIELD_PATHS[field] ?? [field];
  const known = keysAt(configSchema, []);
  if (!known.includes(path[0] ?? '')) {
    const hint = suggestion(field, new Set(known));
    throw configErrors.create('REJECTED', `Unknown config key \`${field}\`${hint}`);
  }
  const stored = at(root, path);
  const restored = restore(value, stored, at(shown, path));
  setAt(next, path, withoutNulls(field === 'provider_presets' ? keepSecrets(restored, stored) : restored));
}

/** Deep merge into `channels.<name>`; blank texts of the first level are skipped (http-api §9). */
function patchChannels({ next, root, shown }: Patching, channels: unknown): string[] {
  if (!isRecord(channels)) throw configErrors.create('REJECTED', '`channel_configs` must be a mapping');
  const ignored: string[] = [];
  for (const [channel, fields] of Object.entries(channels)) {
    if (classifyUnrecognised(['channels', channel]) === 'not_built') {
      ignored.push(`channel_configs.${channel}`);
      continue;
    }
    if (!isRecord(fields))
      throw configErrors.create('REJECTED', `\`channel_configs.${channel}\` must be a mapping`);
    for (const [key, value] of Object.entries(fields)) {
      if (typeof value === 'string' && value.trim() === '') continue;
      const path = ['channels', channel, key];
      const stored = at(root, path);
      const incoming = withoutNulls(restore(value, stored, at(shown, path)));
      setAt(next, path, isRecord(stored) && isRecord(incoming) ? { ...stored, ...incoming } : incoming);
    }
  }
  return ignored;
}

/**
 * Puts what is stored where `incoming` has what was shown for it; a mask of nothing becomes `null`, and a default that
 * comes back `undefined`, so that forms do not fill the file with defaults.
 */
function restore(incoming: unknown, stored: unknown, shown: unknown): unknown {
  if (stored === undefined && shown !== undefined && isDeepStrictEqual(incoming, shown)) return undefined;
  if (typeof incoming === 'string' && stored !== undefined && incoming === shown) return stored;
  if (incoming === MASK) return stored ?? null;
  if (Array.isArray(incoming)) {
    return incoming.map((item, index) => restore(item, at(stored, [index]), at(shown, [index])));
  }
  if (!isRecord(incoming)) return incoming;
  return Object.fromEntries(
    Object.entries(incoming).map(([key, value]) => [
      key,
      restore(value, at(stored, [key]), at(shown, [key])),
    ]),
  );
}

/** `null` below the field itself clears what it stands for. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item != null).map(withoutNulls);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner != null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

/** A profile that comes without its key keeps it: forms send back what they show. `null` clears. */
function keepSecrets(incoming: unknown, stored: unknown): unknown {
  if (!isRecord(incoming) || !isRecord(stored)) return incoming;
  return Object.fromEntries(
    Object.entries(incoming).map(([id, profile]) => {
      const before = stored[id];
      if (!isRecord(profile) || !isRecord(before)) return [id, profile];
      const kept = ['api_key', 'api_keys'].filter((key) => !(key in profile) && key in before);
      return [id, { ...profile, ...Object.fromEntries(kept.map((key) => [key, before[key]])) }];
    }),
  );
}

function at(root: unknown, path: readonly (string | number)[]): unknown {
  let current = root;
  for (const step of path) {
    if (Array.isArray(current)) current = current[Number(step)];
    else current = isRecord(current) && Object.hasOwn(current, step) ? current[step] : undefined;
  }
  return current;
}

/** Sets a value, or removes the key for `null`; `undefined` changes nothing. */
function setAt(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  if (value === undefined) return;
  let parent = root;
  for (const step of path.slice(0, -1)) {
    const inner = parent[step];
    const child = isRecord(inner) ? inner : {};
    parent[step] = child;
    parent = child;
  }
  const key = path.at(-1) ?? '';
  if (value === null) delete parent[key];
  else parent[key] = value;
}
