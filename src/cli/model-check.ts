/** Which model a configuration leads to, and whether it can be asked. No network. */
import { modelOptions } from '../app/model-options.ts';
import type { Config } from '../config/config.ts';
import { errorMessage, MicroclawError } from '../core/errors.ts';
import { OFFLINE_PROVIDER, requireUsable, resolveProfile } from '../llm/profile.ts';

/** `problem` says why a call could not work. */
export interface ModelCheck {
  readonly provider: string;
  readonly model: string;
  readonly offline: boolean;
  readonly problem?: string;
}

/** Resolves provider and model as the program would. */
export function checkModel(config: Config, env: Readonly<Record<string, string | undefined>>): ModelCheck {
  const options = modelOptions(config, env);
  const profile = resolveProfile(options);
  const facts = {
    provider: profile.alias,
    model: profile.defaultModel,
    offline: profile.providerId === OFFLINE_PROVIDER,
  };
  if (facts.offline) return facts;
  try {
    requireUsable(profile);
    return facts;
  } catch (error) {
    const hasKey = profile.keys.length > 0 || !profile.preset.keyRequired;
    const reason = hasKey ? describe(error) : 'api_key is required';
    return { ...facts, problem: reason };
  }
}

function describe(error: unknown): string {
  if (error instanceof MicroclawError && error.hint !== undefined) return `${error.message} ${error.hint}`;
  return errorMessage(error);
}
