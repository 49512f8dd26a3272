/** Who did what: the entries, the newest first, and whether the chain that seals them is whole. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { failureText } from '../../api/api-error.ts';
import { usePageQuery } from '../../api/page-queries.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { useServices } from '../../api/services.ts';
import type { AuditPage as Answer, AuditEntryBody, AuditVerification } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Badge, type BadgeTone, Page, Row, Rows, Section } from '../../ui/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../ui/placeholder.tsx';
import { Timestamp } from '../../ui/timestamp.tsx';

const PAGE_SIZE = 50;
const KINDS = ['', 'auth', 'operator', 'approval', 'tool', 'tool_policy', 'egress_policy', 'hook'] as const;

export function AuditPage() {
  return (
    <Page
      title="Audit"
      description="What operators, keys, tools and hooks did. Every entry seals the one before it."
    >
      <Chain />
      <Entries />
    </Page>
  );
}

function Chain() {
  const verification = usePageQuery<AuditVerification>('/api/audit/verify');
  return (
    <Loaded query={verification} what="the state of the chain">
      {({ intact, sealed_entries, broken_at, reason }) =>
        intact ? (
          <Notice
            tone="success"
            action={<Button onClick={() => void verification.refetch()}>Check again</Button>}
          >
            The chain is intact: {formatCount(sealed_entries)} entries verified.
          </Notice>
        ) : (
          <Notice tone="danger">
            The chain is broken at entry {broken_at}: {reason}. Entries from there on cannot be trusted; keep
            a copy of the database and compare it with a backup.
          </Notice>
        )
      }
    </Loaded>
  );
}

function Entries() {
  const [kind, setKind] = useState<string>('');
  const entries = useEntries(kind);
  const rows = entries.data?.pages.flatMap(({ logs }) => logs) ?? [];
  return (
    <Section
      title="Entries"
      action={
        <label className="flex items-center gap-2">
          <span className="text-muted">Kind</span>
          <select
            value={kind}
            onChange={(event) => setKind(event.target.value)}
            className="h-8 rounded-md border border-line-strong bg-canvas px-2 text-text coarse:h-10"
          >
            {KINDS.map((name) => (
              <option key={name} value={name}>
                {name === '' ? 'all' : name}
              </option>
            ))}
          </select>
        </label>
      }
    >
      {entries.isPending && <Skeleton label="Loading entries" widths={['w-3/4', 'w-1/2', 'w-2/3']} />}
      {entries.isError && rows.length === 0 && (
        <ErrorState message={failureText(entries.error)} onRetry={() => void entries.refetch()} />
      )}
      {entries.isSuccess && rows.length === 0 && (
        <EmptyState title="No entries">Nothing of this kind has happened yet.</EmptyState>
      )}
      {rows.length > 0 && (
        <Rows label="Audit entries">
          {rows.map((entry) => (
            <EntryRow key={entry.id} entry={entry} />
          ))}
        </Rows>
      )}
      {entries.hasNextPage && (
        <Button disabled={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
          Older entries
        </Button>
      )}
    </Section>
  );
}

const TONES: Readonly<Record<string, BadgeTone>> = {
  ok: 'good',
  allowed: 'good',
  blocked: 'warning',
  denied: 'warning',
  error: 'danger',
  failed: 'danger',
};

function EntryRow({ entry }: { readonly entry: AuditEntryBody }) {
  return (
    <Row
      title={
        <span className="flex flex-wrap items-center gap-2">
          <Badge tone={TONES[entry.status] ?? 'neutral'}>{entry.status}</Badge>
          <span className="font-medium">
            {entry.kind} · {entry.action}
          </span>
          {entry.target !== null && <code className="font-mono text-mono text-muted">{entry.target}</code>}
        </span>
      }
      facts={[
        <Timestamp key="at" at={entry.created_at} />,
        entry.actor,
        ...(entry.detail === null ? [] : [entry.detail]),
      ]}
      actions={<CopyButton label="Copy the entry as JSON" text={() => JSON.stringify(entry, null, 2)} />}
    />
  );
}

function useEntries(kind: string) {
  const { client } = useServices();
  return useInfiniteQuery({
    queryKey: [...queryKeys.page('/api/audit'), kind],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (kind !== '') search.set('kind', kind);
      if (pageParam !== '') search.set('before_id', pageParam);
      return client.read<Answer>(`/api/audit?${search}`, signal);
    },
    getNextPageParam: ({ next_before_id }) => (next_before_id === null ? undefined : String(next_before_id)),
  });
}
