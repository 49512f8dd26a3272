/** A decision of the policy, and the steps that led to it with how to change each. */
import type { PolicyExplanationBody } from '../../api/types.ts';
import { DocText } from '../../ui/doc-text.tsx';
import { Badge, type BadgeTone, Row, Rows, Section } from '../../ui/page.tsx';

type Decision = PolicyExplanationBody['decision'];

const TONES: Readonly<Record<Decision, BadgeTone>> = {
  allow: 'good',
  warn: 'warning',
  ask: 'warning',
  block: 'danger',
};

const SENTENCES: Readonly<Record<Decision, string>> = {
  allow: 'The call runs.',
  warn: 'The call runs, and the violation is recorded in the audit log.',
  ask: 'The call waits until a person approves it.',
  block: 'The call is refused.',
};

export function Explanation({ answer }: { readonly answer: PolicyExplanationBody }) {
  const { tool, session_key, principal, decision, steps, notes } = answer;
  return (
    <Section title="Decision" description={`${tool} in ${session_key} as ${principal}`}>
      <p role="status" className="flex flex-wrap items-center gap-2">
        <Badge tone={TONES[decision]}>{decision}</Badge>
        <span>{SENTENCES[decision]}</span>
      </p>
      {steps.length === 0 ? (
        <p className="text-muted">No rule is about this call.</p>
      ) : (
        <Rows label="Steps">
          {steps.map((step, index) => (
            <Row
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps of an answer never change places
              key={index}
              title={
                <span className="flex flex-wrap items-center gap-2">
                  <Badge tone={TONES[step.decision]}>{step.decision}</Badge>
                  <code className="font-mono">{step.rule}</code>
                </span>
              }
            >
              <p className="[overflow-wrap:anywhere]">
                <DocText>{step.reason}</DocText>
              </p>
              <p className="text-muted text-xs [overflow-wrap:anywhere]">
                <DocText>{step.how_to_change}</DocText>
              </p>
            </Row>
          ))}
        </Rows>
      )}
      {notes.map((note) => (
        <p key={note} className="text-muted text-xs">
          {note}
        </p>
      ))}
    </Section>
  );
}
