/**
 * Turns the options into effective profiles: one endpoint, its keys and its models, with nothing left to inherit.
 *
 * Invariants: a profile with a key of its own never sees the top-level pool; a key only travels to the endpoint it was
 * configured for, so a profile of another provider inherits it together with an explicit base URL or not at all.
 */
import { type ProviderPreset, providerPreset } from './catalog.ts';
import { llmErrors } from './errors.ts';
import type { LlmOptions, LlmProfileOptions, WireProtocol } from './llm-options.ts';

/** The alias and provider id of the built-in interpreter. */
export const OFFLINE_PROVIDER = 'offline';
/** Reserved alias: always means the default profile. */
const DEFAULT_ALIAS = 'main';

export interface LlmProfile {
  readonly alias: string;
  /** Catalog id, or the configured name of an unknown provider. */
  readonly providerId: string;
  readonly preset: ProviderPreset;
  readonly protocol: WireProtocol;
  readonly baseUrl: string;
  /** Trimmed, without duplicates, in configured order. */
  readonly keys: readonly string[];
  readonly userAgent: string | undefined;
  readonly defaultModel: string;
  /** Sorted, without duplicates, with `defaultModel` among them. */
  readonly models: readonly string[];
  readonly showThinking: boolean;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}

/** `""` and `*` mean "not chosen". */
export function chosenModel(model: string | undefined): string | undefined {
  const trimmed = model?.trim() ?? '';
  return trimmed === '' || trimmed === '*' ? undefined : trimmed;
}

function keyPool(apiKey: string | undefined, apiKeys: readonly string[] | undefined): readonly string[] {
  const all = [apiKey ?? '', ...(apiKeys ?? [])].map((key) => key.trim()).filter((key) => key !== '');
  return [...new Set(all)];
}

/** True for an endpoint on this machine or its private network, which may well have no accounts. */
export function isLocalEndpoint(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const host = new URL(baseUrl).hostname.toLowerCase();
  if (host === 'localhost' || host === '[::1]' || /\.(local|internal|localhost)$/.test(host)) return true;
  return /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\./.test(host);
}

function ownProfile(options: LlmOptions, alias: string): LlmProfileOptions | undefined {
  return Object.hasOwn(options.profiles, alias) ? options.profiles[alias] : undefined;
}

/** True when `alias` names a profile that a request may choose. */
export function hasProfile(options: LlmOptions, alias: string): boolean {
  const name = alias.toLowerCase();
  return name === DEFAULT_ALIAS || name === options.provider || ownProfile(options, name) !== undefined;
}

function providerIdOf(own: LlmProfileOptions, alias: string): string {
  return (isSet(own.provider) ? own.provider : alias).trim().toLowerCase();
}

function topLevelProviderId(options: LlmOptions): string {
  return providerIdOf(ownProfile(options, options.provider) ?? {}, options.provider);
}

/**
 * The effective profile for an alias (default: the configured one). Rejects an alias that is not configured with
 * `MC_LLM_NOT_CONFIGURED`; a missing key is reported by `requireUsable`, so that profiles can still be listed.
 */
export function resolveProfile(options: LlmOptions, alias?: string): LlmProfile {
  const asked = alias?.trim().toLowerCase() ?? DEFAULT_ALIAS;
  const name = asked === DEFAULT_ALIAS || asked === '' ? options.provider : asked;
  if (!hasProfile(options, name)) {
    throw llmErrors.create('NOT_CONFIGURED', `There is no model profile "${name}".`, {
      hint: 'Choose one of the profiles that `/providers` lists, or add it to `provider_presets`.',
    });
  }
  const own = ownProfile(options, name) ?? {};
  const providerId = providerIdOf(own, name);
  const preset = providerPreset(providerId);
  const isDefault = name === options.provider;
  const sameProvider = isDefault || providerId === topLevelProviderId(options);
  const ownKeys = keyPool(own.apiKey, own.apiKeys);
  // A profile of another provider without an address and a key of its own is another view of the top-level endpoint.
  const mayInherit = sameProvider || (ownKeys.length === 0 && preset.keyRequired);
  const inheritsEndpoint = mayInherit && !isSet(own.baseUrl) && isSet(options.baseUrl);
  const inheritsKeys = ownKeys.length === 0 && (sameProvider || inheritsEndpoint);
  const inheritedModel =
    sameProvider && providerId !== OFFLINE_PROVIDER ? chosenModel(options.model) : undefined;
  const defaultModel = chosenModel(own.defaultModel) ?? inheritedModel ?? preset.defaultModel;
  const userAgent = isSet(own.userAgent) ? own.userAgent : options.userAgent;
  return {
    alias: name,
    providerId,
    preset,
    protocol: own.protocol ?? preset.protocol,
    baseUrl: (inheritsEndpoint ? options.baseUrl : own.baseUrl)?.trim() || preset.baseUrl,
    keys: inheritsKeys ? keyPool(options.apiKey, options.apiKeys) : ownKeys,
    userAgent: isSet(userAgent) ? userAgent.trim() : undefined,
    defaultModel,
    models: [...new Set([...(own.models ?? []).flatMap((id) => chosenModel(id) ?? []), defaultModel])].sort(),
    showThinking: own.showThinking ?? options.showThinking,
  };
}

/** Every profile a request may choose: the default one first, then the others by alias. */
export function listProfiles(options: LlmOptions): readonly LlmProfile[] {
  const others = Object.keys(options.profiles)
    .filter((alias) => alias !== options.provider && alias !== DEFAULT_ALIAS)
    .sort();
  return [options.provider, ...others].map((alias) => resolveProfile(options, alias));
}

/** What a header can carry. Anything else is an error of the client libraries that repeats the key. */
const SENDABLE_KEY = /^[\x21-\x7e]+$/;

/** Throws `MC_LLM_NOT_CONFIGURED` when a call with this profile cannot work. */
export function requireUsable(profile: LlmProfile): void {
  const scheme = URL.parse(profile.baseUrl)?.protocol;
  if ((scheme !== 'http:' && scheme !== 'https:') || profile.baseUrl.includes('YOUR-')) {
    throw llmErrors.create('NOT_CONFIGURED', `The profile "${profile.alias}" has no usable base URL.`, {
      hint: 'Set `llm_base_url` to the address of your own deployment.',
    });
  }
  const needsKey = profile.preset.keyRequired && !isLocalEndpoint(profile.baseUrl);
  if (needsKey && profile.keys.length === 0) {
    throw llmErrors.create('NOT_CONFIGURED', `The profile "${profile.alias}" has no API key.`, {
      hint: 'Set `api_key` for it, in the configuration or as `env:NAME`.',
    });
  }
  if (profile.keys.some((key) => !SENDABLE_KEY.test(key))) {
    throw llmErrors.create('NOT_CONFIGURED', `An API key of the profile "${profile.alias}" cannot be sent.`, {
      hint: 'Copy it again: there is a blank, a line break or a typographic quotation mark in it.',
    });
  }
}

export interface ModelTarget {
  readonly profile: LlmProfile;
  readonly model: string;
}

/**
 * Reads `fallback_model`. `alias/model` names another profile when the part before the first slash is one; otherwise
 * the whole text is a model of `current`, because model ids contain slashes themselves. `undefined` when it is not set
 * or means the target it should replace.
 */
export function fallbackTarget(options: LlmOptions, current: ModelTarget): ModelTarget | undefined {
  const text = chosenModel(options.fallbackModel);
  if (text === undefined) return undefined;
  const slash = text.indexOf('/');
  const alias = slash > 0 ? text.slice(0, slash).toLowerCase() : '';
  const target =
    alias !== '' && hasProfile(options, alias)
      ? { profile: resolveProfile(options, alias), model: text.slice(slash + 1) }
      : { profile: current.profile, model: text };
  const same = target.profile.alias === current.profile.alias && target.model === current.model;
  return same ? undefined : target;
}
