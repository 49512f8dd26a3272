/**
 * The configuration file as the pages read and change it.
 *
 * Invariant: a change names the state of the file it was made for, so that nobody's change is overwritten unseen.
 */
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { usePageQuery } from './page-queries.ts';
import { useAuthStatus } from './queries.ts';
import { queryKeys } from './query-keys.ts';
import { useServices } from './services.ts';
import type { ConfigPage, ConfigReferencePage, ConfigUpdateBody } from './types.ts';

/** What the file says, credentials masked, with its tag. */
export function useConfig(): UseQueryResult<ConfigPage> {
  return usePageQuery<ConfigPage>('/api/config');
}

/** Every key with its type, bounds, default and meaning; the same as long as the server runs. */
export function useConfigReference(): UseQueryResult<ConfigReferencePage> {
  const { client } = useServices();
  return useQuery({
    queryKey: queryKeys.configReference,
    queryFn: ({ signal }) => client.read<ConfigReferencePage>('/api/config/schema', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The names of all settings; empty until they are known. */
export function useSettingKeys(): ReadonlySet<string> {
  const sections = useConfigReference().data?.sections;
  return useMemo(
    () => new Set(sections?.flatMap(({ settings }) => settings.map(({ key }) => key)) ?? []),
    [sections],
  );
}

/** Whether the caller may change the configuration; false until it is known. */
export function useMayAdmin(): boolean {
  return useAuthStatus().data?.scopes.includes('operator.admin') ?? false;
}

export interface ConfigChange {
  /** Values by dotted key; `null` puts the default back. */
  readonly patch: Readonly<Record<string, unknown>>;
  /** Of the state of the file that the values were chosen for. */
  readonly etag: string;
}

/** Writes to the file. Afterwards every page has asked again, whether it succeeded or not. */
export function useConfigChange(): UseMutationResult<ConfigUpdateBody, Error, ConfigChange> {
  const { client } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ patch, etag }: ConfigChange) => client.changeConfig(patch, etag),
    onSettled: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: queryKeys.pages }),
        queries.invalidateQueries({ queryKey: queryKeys.runtime }),
      ]);
    },
  });
}
