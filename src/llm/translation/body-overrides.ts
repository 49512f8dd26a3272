/** Body overrides of the configuration (`openai_compat_body_overrides` and its two narrower forms). */
import type { BodyOverrides, LlmOptions } from '../llm-options.ts';

/** The overrides that apply, later ones winning: for everything, for the provider id, for the effective model. */
export function effectiveBodyOverrides(
  options: LlmOptions,
  providerId: string,
  model: string,
): BodyOverrides {
  const byProvider = options.bodyOverridesByProvider;
  const byModel = options.bodyOverridesByModel;
  return {
    ...options.bodyOverrides,
    ...(Object.hasOwn(byProvider, providerId) ? byProvider[providerId] : {}),
    ...(Object.hasOwn(byModel, model) ? byModel[model] : {}),
  };
}

/** The body with overrides merged in at the top level; `null` removes a key and blank keys are ignored. */
export function applyBodyOverrides(
  body: Readonly<Record<string, unknown>>,
  overrides: BodyOverrides,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...body };
  for (const [key, value] of Object.entries(overrides)) {
    if (key.trim() === '') continue;
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  return merged;
}
