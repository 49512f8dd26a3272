/**
 * The configuration as one schema and one type.
 *
 * Invariant: the keys of `Config` are the keys of the file, so that whoever reads a documented key finds it in the
 * code under the same name. Parts of the program receive options of their own, filled in by `app/`.
 */
import type { z } from 'zod';
import { keyedObject } from './keyed-object.ts';
import { llmSection } from './sections/llm.ts';
import { observabilitySection } from './sections/observability.ts';
import { pathsSection } from './sections/paths.ts';
import { policySection } from './sections/policy.ts';
import { sandboxSection } from './sections/sandbox.ts';
import { sessionSection } from './sections/session.ts';
import { toolsSection } from './sections/tools.ts';
import { webSection } from './sections/web.ts';
import { webFetchSection } from './sections/web-fetch.ts';

/** In the order of the reference page. */
export const configSections = [
  llmSection,
  sessionSection,
  toolsSection,
  policySection,
  sandboxSection,
  webFetchSection,
  pathsSection,
  webSection,
  observabilitySection,
] as const;

/** The whole file. Unknown keys are issues, which `validate.ts` turns into warnings. */
export const configSchema = keyedObject({
  ...llmSection.keys,
  ...sessionSection.keys,
  ...toolsSection.keys,
  ...policySection.keys,
  ...sandboxSection.keys,
  ...webFetchSection.keys,
  ...pathsSection.keys,
  ...webSection.keys,
  ...observabilitySection.keys,
});

/** A valid configuration with every default filled in. */
export type Config = z.output<typeof configSchema>;

/** Whether the HTTP server and the console run: an explicit `channels.web.enabled` wins over `web_enabled`. */
export function isWebEnabled(config: Config): boolean {
  return config.channels.web?.enabled ?? (config.web_enabled || config.channels.web !== undefined);
}

/** The legacy bearer token, when one is configured. */
export function legacyWebToken(config: Config): string | undefined {
  return config.web_auth_token ?? config.channels.web?.auth_token;
}
