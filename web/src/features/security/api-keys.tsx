/** Keys for programs: made with the least they need, shown once, replaced and revoked. */
import { useState } from 'react';
import { usePageChange, usePageQuery } from '../../api/page-queries.ts';
import type { ApiKeyBody, ApiKeysPage, IssuedApiKeyBody } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Badge, Row, Rows, Section } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';
import { Timestamp } from '../../ui/timestamp.tsx';
import { IssuedKey } from './issued-key.tsx';
import { NewApiKey } from './new-api-key.tsx';

type Question = { readonly kind: 'rotate' | 'revoke'; readonly key: ApiKeyBody };

export function ApiKeys() {
  const keys = usePageQuery<ApiKeysPage>('/api/auth/api_keys');
  const change = usePageChange<IssuedApiKeyBody>();
  const [isAdding, setAdding] = useState(false);
  const [issued, setIssued] = useState<string | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  return (
    <Section
      title="API keys"
      description="For programs. Each acts within its scopes; its secret is shown once."
      action={
        <Button tone="primary" onClick={() => setAdding(true)}>
          New key
        </Button>
      }
    >
      {issued !== null && <IssuedKey secret={issued} onDone={() => setIssued(null)} />}
      <Loaded query={keys} what="API keys">
        {({ keys: all }) => {
          const live = all.filter(({ revoked_at }) => revoked_at === null);
          if (live.length === 0)
            return (
              <EmptyState title="No keys">A key lets a script or a dashboard use the HTTP API.</EmptyState>
            );
          return (
            <Rows label="API keys">
              {live.map((key) => (
                <KeyRow key={key.id} item={key} onAsk={(kind) => setQuestion({ kind, key })} />
              ))}
            </Rows>
          );
        }}
      </Loaded>
      {isAdding && <NewApiKey onIssued={setIssued} onClose={() => setAdding(false)} />}
      {question !== null && (
        <ConfirmDialog
          title={`${question.kind === 'rotate' ? 'Replace' : 'Revoke'} the key “${question.key.label}”?`}
          action={question.kind === 'rotate' ? 'Replace key' : 'Revoke key'}
          onClose={() => setQuestion(null)}
          onConfirm={async () => {
            const path = `/api/auth/api_keys/${question.key.id}`;
            if (question.kind === 'revoke') await change.mutateAsync({ method: 'DELETE', path });
            else setIssued((await change.mutateAsync({ method: 'POST', path: `${path}/rotate` })).api_key);
          }}
        >
          {question.kind === 'rotate'
            ? 'The old secret stops working at once; the new one has the same scopes.'
            : 'Programs that use it are refused from now on.'}
        </ConfirmDialog>
      )}
    </Section>
  );
}

interface KeyRowProps {
  readonly item: ApiKeyBody;
  readonly onAsk: (kind: Question['kind']) => void;
}

function KeyRow({ item, onAsk }: KeyRowProps) {
  const isExpired = item.expires_at !== null && new Date(item.expires_at) <= new Date();
  return (
    <Row
      title={
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{item.label}</span>
          <code className="font-mono text-mono text-muted">{item.prefix}…</code>
          {isExpired && <Badge tone="warning">expired</Badge>}
        </span>
      }
      facts={[
        item.scopes.join(', '),
        item.last_used_at === null ? (
          'never used'
        ) : (
          <span key="used">
            used <Timestamp at={item.last_used_at} />
          </span>
        ),
        item.expires_at === null ? (
          'never expires'
        ) : (
          <span key="expires">
            until <Timestamp at={item.expires_at} />
          </span>
        ),
      ]}
      actions={
        <>
          <Button aria-label={`Replace ${item.label}`} onClick={() => onAsk('rotate')}>
            Replace
          </Button>
          <Button aria-label={`Revoke ${item.label}`} onClick={() => onAsk('revoke')}>
            Revoke
          </Button>
        </>
      }
    />
  );
}
