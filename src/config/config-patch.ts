/**
 * Changes of the configuration as a client sends them (`PUT /api/config`), applied to plain values.
 *
 * Invariants: a masked value that comes back keeps what is stored; `null` clears; an absent field changes nothing; a
 * dotted field (`sandbox.mode`, `tool_timeout_overrides.bash`) changes one key of its block; a field of a feature that
 * this version lacks is named and has no effect; any other unknown field is refused.
 */
import { isRecord } from '../core/json.ts';
import { configSchema } from './config.ts';
import { type ConfigPath, formatPath } from './config-problem.ts';
import { configErrors } from './errors.ts';
import { classifyUnrecognised } from './not-built-keys.ts';
import { restoreMasked } from './restore-masked.ts';
import { hasFreeNames, isFreeMap, keysAt } from './schema-walk.ts';
import { suggestion } from './suggest.ts';
import { valueAt } from './validate.ts';

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

const RESERVED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * `root` is what the file says, with canonical keys; `shown` is what clients see of it, defaults included. Raises
 * `MC_CONFIG_REJECTED`.
 */
export function patchConfig(root: Tree, patch: Tree, shown: Tree): PatchedConfig {
  refuseUnfit(patch, []);
  const next: Record<string, unknown> = structuredClone(root);
  const ignored: string[] = [];
  for (const [field, value] of Object.entries(patch)) {
    if (field === 'channel_configs') ignored.push(...patchChannels({ next, root, shown }, value));
    else if (isAbsent(field)) ignored.push(field);
    else patchField({ next, root, shown }, field, value);
  }
  return { root: next, ignored };
}

/**
 * Names that mean something to the language are nobody's keys, and would be set on more than the configuration. A
 * number beyond 2^53 has lost digits before it came here: as the id of a chat it would name another one.
 */
function refuseUnfit(value: unknown, path: ConfigPath): void {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const message = `\`${formatPath(path)}\`: a number of this size has to be in quotes, or it loses its last digits`;
    throw configErrors.create('REJECTED', message);
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseUnfit(item, [...path, index]);
  }
  if (!isRecord(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    refuseReserved(key);
    refuseUnfit(inner, [...path, key]);
  }
}

function refuseReserved(name: string): void {
  if (RESERVED_NAMES.has(name))
    throw configErrors.create('REJECTED', `\`${name}\` cannot be the name of a key`);
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
  const path = FIELD_PATHS[field] ?? field.split('.');
  refuseUnknown(path);
  const stored = valueAt(root, path);
  const restored = restoreMasked(value, { stored, shown: valueAt(shown, path) }, path);
  setAt(
    next,
    path,
    withoutNulls(field === 'provider_presets' ? keepSecrets(restored, stored) : restored, path),
  );
}

/** A dotted field names one key of a block; every step is a key of the schema, or a name where names are free. */
function refuseUnknown(path: readonly string[]): void {
  for (const [index, step] of path.entries()) {
    const known = keysAt(configSchema, path.slice(0, index));
    refuseReserved(step);
    if (known.includes(step) || (step !== '' && hasFreeNames(configSchema, path.slice(0, index)))) continue;
    const hint = suggestion(step, new Set(known));
    throw configErrors.create('REJECTED', `Unknown config key \`${path.join('.')}\`${hint}`);
  }
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
      const stored = valueAt(root, path);
      const incoming = withoutNulls(
        restoreMasked(value, { stored, shown: valueAt(shown, path) }, path),
        path,
      );
      setAt(next, path, isRecord(stored) && isRecord(incoming) ? { ...stored, ...incoming } : incoming);
    }
  }
  return ignored;
}

/** `null` below the field itself clears what it stands for; where values may be anything it is a value. */
function withoutNulls(value: unknown, path: ConfigPath): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => item != null).map((item, index) => withoutNulls(item, [...path, index]));
  }
  if (!isRecord(value) || isFreeMap(configSchema, path)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner != null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner, [...path, key])]));
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

/** Sets a value, or removes the key for `null`; `undefined` changes nothing. */
function setAt(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  if (value === undefined) return;
  let parent = root;
  for (const step of path.slice(0, -1)) {
    const inner = Object.hasOwn(parent, step) ? parent[step] : undefined;
    const child = isRecord(inner) ? inner : {};
    parent[step] = child;
    parent = child;
  }
  const key = path.at(-1) ?? '';
  if (value === null) delete parent[key];
  else parent[key] = value;
}
