/** What may well be written into a field of text, by the name of the key or of the field of an entry. */
import { createContext } from 'react';
import { asRecord } from '../../api/json-fields.ts';
import type { ConfigPage, ConfigReferencePage } from '../../api/types.ts';
import { storedValue } from './setting-value.ts';

export type Suggestions = ReadonlyMap<string, readonly string[]>;

/** For the fields below; nothing is suggested outside a form. */
export const SuggestionsContext = createContext<Suggestions>(new Map());

export function suggestionsOf(providers: ConfigReferencePage['providers'], page: ConfigPage): Suggestions {
  const ids = providers.map(({ id }) => id);
  const profiles = Object.keys(asRecord(page.config.provider_presets) ?? {});
  const chosen = storedValue(page.config, 'llm_provider');
  const models = providers.filter(({ id }) => id === chosen).map(({ default_model }) => default_model);
  return new Map([
    ['llm_provider', [...profiles, 'offline', ...ids]],
    ['provider', ids],
    ['model', models],
    ['default_model', [...new Set(providers.map(({ default_model }) => default_model))].sort()],
    ['soul_path', page.soul_files],
  ]);
}
