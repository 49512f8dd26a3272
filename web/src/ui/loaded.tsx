/** The three states of an answer: on its way, failed with a way to try again, or there. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { failureText } from '../api/api-error.ts';
import { ErrorState, Skeleton } from './placeholder.tsx';

export interface LoadedProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  /** What is on its way: `API keys`. */
  readonly what: string;
  readonly children: (answer: Answer) => ReactNode;
}

/** An answer that was there stays when asking again fails. */
export function Loaded<Answer>({ query, what, children }: LoadedProps<Answer>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return <ErrorState message={failureText(query.error)} onRetry={() => void query.refetch()} />;
  }
  return <Skeleton label={`Loading ${what}`} widths={['w-1/2', 'w-3/4', 'w-2/3']} />;
}
