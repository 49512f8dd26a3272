/** How the pages of the operator read and change things: one hook for each, by the path of the route. */
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { useServices } from './services.ts';

export interface PageQueryOptions {
  /** Asks again after this time; absent for what only changes by hand. */
  readonly refreshMs?: number;
}

/** The answer of a route; the caller names its declared type. */
export function usePageQuery<Answer>(
  path: string,
  { refreshMs }: PageQueryOptions = {},
): UseQueryResult<Answer> {
  const { client } = useServices();
  return useQuery({
    queryKey: queryKeys.page(path),
    queryFn: ({ signal }) => client.read<Answer>(path, signal),
    ...(refreshMs === undefined ? {} : { refetchInterval: refreshMs }),
  });
}

export interface PageChange {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A change; afterwards every page asks again, whether it succeeded or not. */
export function usePageChange<Answer = unknown>(): UseMutationResult<Answer, Error, PageChange> {
  const { client } = useServices();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: PageChange) => client.change<Answer>(method, path, body),
    onSettled: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: queryKeys.pages }),
        queries.invalidateQueries({ queryKey: queryKeys.sessions }),
      ]);
    },
  });
}
