/** Calls that wait for a person, everywhere; what was decided before; and what needs no decision any more. */
import { useState } from 'react';
import { usePageChange, usePageQuery } from '../../api/page-queries.ts';
import type { ApprovalsPage as Answer, ApprovalBody, GrantsPage } from '../../api/types.ts';
import { openSession } from '../../browser/console-location.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Badge, type BadgeTone, Page, Row, Rows, Section } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';
import { Timestamp } from '../../ui/timestamp.tsx';
import { ApprovalPanel } from '../chat/approval-panel.tsx';

const REFRESH_MS = 5_000;

export function ApprovalsPage() {
  const approvals = usePageQuery<Answer>('/api/approvals?state=all&limit=100', { refreshMs: REFRESH_MS });
  return (
    <Page
      title="Approvals"
      description="Tool calls that a person has to see before they run. Whoever does not answer in time has refused."
    >
      <Loaded query={approvals} what="approvals">
        {({ approvals: all }) => (
          <>
            <Waiting items={all.filter(({ state }) => state === 'pending')} />
            <Standing />
            <History items={all.filter(({ state }) => state !== 'pending')} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Waiting({ items }: { readonly items: readonly ApprovalBody[] }) {
  return (
    <Section title="Waiting for you">
      {items.length === 0 ? (
        <EmptyState title="Nothing waits">
          High-risk tools, dangerous commands, and effects of turns that have read the web appear here.
        </EmptyState>
      ) : (
        items.map((item) => (
          <article key={item.approval_id} className="overflow-hidden rounded-md border border-line">
            <header className="flex flex-wrap items-center justify-between gap-2 px-3 py-2">
              <span>
                <code className="font-medium font-mono">{item.tool}</code>{' '}
                <span className="text-muted">
                  in {item.session_key}, asked by {item.requester}
                </span>
              </span>
              <Button onClick={() => openSession(item.session_key)}>Open the chat</Button>
            </header>
            <ApprovalPanel
              tool={item.tool}
              chat={item.session_key}
              question={{
                approvalId: item.approval_id,
                reasons: item.reasons.map(({ text }) => text),
                command: item.command,
                input: item.input,
                cwd: item.cwd,
                expiresAt: item.expires_at,
              }}
            />
          </article>
        ))
      )}
    </Section>
  );
}

function Standing() {
  const grants = usePageQuery<GrantsPage>('/api/approvals/grants');
  const change = usePageChange();
  const [revoking, setRevoking] = useState<GrantsPage['grants'][number] | null>(null);
  return (
    <Section
      title="Standing approvals"
      description="Tools that run in a chat without being asked about. Dangerous commands are asked about all the same."
    >
      <Loaded query={grants} what="standing approvals">
        {({ grants: items }) =>
          items.length === 0 ? (
            <EmptyState title="None">“Always here” on a waiting call makes one.</EmptyState>
          ) : (
            <Rows label="Standing approvals">
              {items.map((grant) => (
                <Row
                  key={`${grant.chat_id} ${grant.tool}`}
                  title={
                    <>
                      <code className="font-mono">{grant.tool}</code> in {grant.session_key}
                    </>
                  }
                  facts={[`by ${grant.granted_by}`, <Timestamp key="at" at={grant.created_at} />]}
                  actions={<Button onClick={() => setRevoking(grant)}>Take back</Button>}
                />
              ))}
            </Rows>
          )
        }
      </Loaded>
      {revoking !== null && (
        <ConfirmDialog
          title={`Take back ${revoking.tool} in ${revoking.session_key}?`}
          action="Take back"
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            const path = `/api/approvals/grants/${revoking.chat_id}/${encodeURIComponent(revoking.tool)}`;
            await change.mutateAsync({ method: 'DELETE', path });
          }}
        >
          The next call of {revoking.tool} in this chat asks again.
        </ConfirmDialog>
      )}
    </Section>
  );
}

const TONES: Readonly<Record<ApprovalBody['state'], BadgeTone>> = {
  pending: 'warning',
  approved: 'good',
  denied: 'danger',
  expired: 'neutral',
  cancelled: 'neutral',
};

function History({ items }: { readonly items: readonly ApprovalBody[] }) {
  if (items.length === 0) return null;
  return (
    <Section title="Decided">
      <Rows label="Decided approvals">
        {items.map((item) => (
          <Row
            key={item.approval_id}
            title={
              <span className="flex flex-wrap items-center gap-2">
                <Badge tone={TONES[item.state]}>{item.state}</Badge>
                <code className="line-clamp-2 font-mono text-mono [overflow-wrap:anywhere]">
                  {item.command ?? item.summary}
                </code>
              </span>
            }
            facts={[
              item.tool,
              item.session_key,
              item.answered_by === null ? 'by nobody' : `by ${item.answered_by}`,
              <Timestamp key="at" at={item.answered_at ?? item.created_at} />,
              ...(item.note === null ? [] : [`“${item.note}”`]),
            ]}
          />
        ))}
      </Rows>
    </Section>
  );
}
