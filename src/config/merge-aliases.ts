/**
 * Brings older names of keys to their present place: `channels.observability` to `observability`, `llm_providers` to
 * `provider_presets`, `channels.web.hook_token` to `hooks_token`.
 *
 * Invariants: where both are set, `observability` wins over `channels.observability` and `llm_providers` over
 * `provider_presets`, key by key; aliases of profiles are lower case; the origin of every path is remembered, so that
 * messages point at what the user wrote.
 */
import { isRecord } from '../core/json.ts';
import type { ConfigPath } from './config-problem.ts';

export interface MergedAliases {
  readonly root: unknown;
  /** Where the value at `path` stands in the file. */
  originOf(path: ConfigPath): ConfigPath;
}

/** Returns a copy with every alias merged. */
export function mergeAliases(root: unknown): MergedAliases {
  if (!isRecord(root)) return { root, originOf: (path) => path };
  const copy = structuredClone(root);
  const origins = new Map<string, ConfigPath>();
  mergeObservability(copy, origins);
  mergeProfiles(copy, origins);
  mergeHooksToken(copy, origins);
  return { root: copy, originOf: (path) => originOf(path, origins) };
}

function originOf(path: ConfigPath, origins: ReadonlyMap<string, ConfigPath>): ConfigPath {
  for (let length = path.length; length > 0; length -= 1) {
    const origin = origins.get(JSON.stringify(path.slice(0, length)));
    if (origin !== undefined) return [...origin, ...path.slice(length)];
  }
  return path;
}

function mergeObservability(root: Record<string, unknown>, origins: Map<string, ConfigPath>): void {
  const { channels } = root;
  if (!isRecord(channels) || !isRecord(channels.observability)) return;
  const top = root.observability ?? {};
  if (!isRecord(top)) return;
  for (const [key, value] of Object.entries(channels.observability)) {
    if (Object.hasOwn(top, key)) continue;
    top[key] = value;
    origins.set(JSON.stringify(['observability', key]), ['channels', 'observability', key]);
  }
  root.observability = top;
  delete channels.observability;
  if (Object.keys(channels).length === 0) delete root.channels;
}

function mergeHooksToken(root: Record<string, unknown>, origins: Map<string, ConfigPath>): void {
  const web = isRecord(root.channels) ? root.channels.web : undefined;
  if (!isRecord(web) || !Object.hasOwn(web, 'hook_token')) return;
  if (!Object.hasOwn(web, 'hooks_token')) {
    web.hooks_token = web.hook_token;
    origins.set(JSON.stringify(['channels', 'web', 'hooks_token']), ['channels', 'web', 'hook_token']);
  }
  delete web.hook_token;
}

function mergeProfiles(root: Record<string, unknown>, origins: Map<string, ConfigPath>): void {
  const merged: Record<string, unknown> = {};
  for (const name of ['provider_presets', 'llm_providers']) {
    const table = root[name];
    if (!isRecord(table)) continue;
    for (const [alias, profile] of Object.entries(table)) {
      mergeProfile(merged, [name, alias], profile, origins);
    }
    delete root[name];
  }
  if (Object.keys(merged).length > 0) root.provider_presets = merged;
}

function mergeProfile(
  merged: Record<string, unknown>,
  origin: readonly [string, string],
  profile: unknown,
  origins: Map<string, ConfigPath>,
): void {
  const alias = origin[1].trim().toLowerCase();
  const target = ['provider_presets', alias];
  const earlier = merged[alias];
  if (!isRecord(profile) || !isRecord(earlier)) {
    merged[alias] = profile;
    origins.set(JSON.stringify(target), origin);
    return;
  }
  for (const [key, value] of Object.entries(profile)) {
    earlier[key] = value;
    origins.set(JSON.stringify([...target, key]), [...origin, key]);
  }
}
