/** Commands of the operator that see, change or block what happens: which there are, and their switches. */
import { failureText } from '../../api/api-error.ts';
import { usePageChange, usePageQuery } from '../../api/page-queries.ts';
import type { HooksPage as Answer, HookBody } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Badge, Page, Row, Rows, Section } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';

export function HooksPage() {
  const hooks = usePageQuery<Answer>('/api/hooks');
  return (
    <Page
      title="Hooks"
      description="Commands of yours that see, change or block what happens. A switch takes effect with the next event."
    >
      <Loaded query={hooks} what="hooks">
        {(answer) => (
          <>
            <Problems problems={answer.problems} />
            <Section title="In the order they run">
              {answer.hooks.length === 0 ? (
                <EmptyState title="No hooks yet">
                  A hook is a directory with a <code className="font-mono">HOOK.md</code> below{' '}
                  <code className="font-mono">hooks/</code> in the data directory. The samples in the
                  repository block paths, redact output and log tool calls.
                </EmptyState>
              ) : (
                <Rows label="Hooks">
                  {answer.hooks.map((hook) => (
                    <HookRow key={hook.name} hook={hook} />
                  ))}
                </Rows>
              )}
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Problems({ problems }: Pick<Answer, 'problems'>) {
  return problems.map(({ path, reason }) => (
    <Notice key={path} tone="warning">
      <code className="font-mono">{path}</code> cannot be used: {reason}
    </Notice>
  ));
}

function HookRow({ hook }: { readonly hook: HookBody }) {
  const change = usePageChange();
  const verb = hook.enabled ? 'disable' : 'enable';
  const flip = () =>
    change.mutate({ method: 'POST', path: `/api/hooks/${encodeURIComponent(hook.name)}/${verb}` });
  return (
    <Row
      title={
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{hook.name}</span>
          <Badge tone={hook.enabled ? 'good' : 'neutral'}>{hook.enabled ? 'on' : 'off'}</Badge>
          <span className="text-muted">{hook.description}</span>
        </span>
      }
      facts={[hook.events.join(', '), `at most ${formatDuration(hook.timeout_ms)}`, hook.path]}
      actions={
        <Button
          disabled={change.isPending}
          aria-label={`Switch ${hook.enabled ? 'off' : 'on'} ${hook.name}`}
          onClick={flip}
        >
          Switch {hook.enabled ? 'off' : 'on'}
        </Button>
      }
    >
      <code className="font-mono text-mono text-muted [overflow-wrap:anywhere]">{hook.command}</code>
      {change.error !== null && <Notice tone="danger">{failureText(change.error)}</Notice>}
    </Row>
  );
}
