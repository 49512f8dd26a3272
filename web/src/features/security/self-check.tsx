/** What the runtime itself finds doubtful about its settings and its state, and what to do about each. */
import { useSettingKeys } from '../../api/config-queries.ts';
import { usePageQuery } from '../../api/page-queries.ts';
import type { SelfCheckPage } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice, type NoticeTone } from '../../ui/notice.tsx';
import { Badge, Row, Rows, Section } from '../../ui/page.tsx';
import { SettingLinks } from '../../ui/setting-links.tsx';

const TONES: Readonly<Record<SelfCheckPage['risk_level'], NoticeTone>> = {
  none: 'success',
  medium: 'warning',
  high: 'danger',
};

export function SelfCheck() {
  const check = usePageQuery<SelfCheckPage>('/api/config/self_check');
  const keys = useSettingKeys();
  return (
    <Section
      title="Self-check"
      action={
        <Button disabled={check.isFetching} onClick={() => void check.refetch()}>
          Check again
        </Button>
      }
    >
      <Loaded query={check} what="the self-check">
        {(answer) => (
          <>
            <Notice tone={TONES[answer.risk_level]}>{summaryOf(answer)}</Notice>
            {answer.warnings.length > 0 && (
              <Rows label="Warnings">
                {answer.warnings.map((warning) => (
                  <Row
                    key={`${warning.code} ${warning.message}`}
                    title={
                      <span className="flex items-baseline gap-2">
                        <Badge tone={warning.severity === 'high' ? 'danger' : 'warning'}>
                          {warning.severity}
                        </Badge>
                        <span>{warning.message}</span>
                      </span>
                    }
                    facts={[<SettingLinks key="hint" text={warning.hint} keys={keys} />, warning.code]}
                  />
                ))}
              </Rows>
            )}
            <Posture posture={answer.security_posture} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function summaryOf({ warning_count, risk_level }: SelfCheckPage): string {
  if (warning_count === 0) return 'Nothing doubtful was found.';
  const things = warning_count === 1 ? '1 setting deserves' : `${warning_count} settings deserve`;
  return `${things} a look; the highest severity is ${risk_level}.`;
}

function Posture({ posture }: { readonly posture: SelfCheckPage['security_posture'] }) {
  const sandbox =
    posture.sandbox_mode === 'off'
      ? `off${posture.sandbox_runtime_available ? `, ${posture.sandbox_runtime_cli} would work` : ''}`
      : `${posture.sandbox_runtime_cli ?? 'no backend works'}${posture.sandbox_no_network ? ', no network' : ''}`;
  const facts = [
    ['Sandbox', sandbox],
    ['Egress policy', posture.egress_policy_mode],
    ['Tool grants', posture.tool_grants_mode],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
