/**
 * The question about a call that waits: the whole of what would run, where, why it is asked and until when, and the
 * three answers. It goes when the server says that the question was answered, by whomever.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, failureText } from '../../api/api-error.ts';
import { queryKeys } from '../../api/query-keys.ts';
import type { ApprovalQuestion } from '../../api/run-event.ts';
import { useServices } from '../../api/services.ts';
import { Button } from '../../ui/button.tsx';
import { scrollRegion } from '../../ui/scroll-region.ts';

export interface ApprovalPanelProps {
  readonly tool: string;
  /** Names the chat where questions of several are shown together. */
  readonly chat?: string;
  readonly question: ApprovalQuestion;
}

type Decision = 'once' | 'always' | 'deny';

const ALREADY_ANSWERED = 409;

export function ApprovalPanel({ tool, chat, question }: ApprovalPanelProps) {
  const { client } = useServices();
  const queries = useQueryClient();
  const answer = useMutation({
    mutationFn: (decision: Decision) => client.answerApproval(question.approvalId, decision),
    onSettled: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: queryKeys.sessions }),
        queries.invalidateQueries({ queryKey: queryKeys.pages }),
      ]);
    },
  });
  const isDone = answer.isPending || answer.isSuccess;
  const isLate = answer.error instanceof ApiError && answer.error.status === ALREADY_ANSWERED;
  const button = (decision: Decision, label: string, tone: 'primary' | 'secondary' | 'ghost') => (
    <Button tone={tone} disabled={isDone} onClick={() => answer.mutate(decision)}>
      {label}
    </Button>
  );
  return (
    <section
      aria-label={chat === undefined ? `Approval of ${tool}` : `Approval of ${tool} in ${chat}`}
      className="flex flex-col gap-3 border-warning/40 border-t bg-warning-soft p-3"
    >
      <ul className="text-sm">
        {question.reasons.map((reason) => (
          <li key={reason}>{reason.replaceAll('`', '')}</li>
        ))}
      </ul>
      {/* Wrapped: nothing of what would run may hide beyond an edge. */}
      <pre
        className="max-h-96 overflow-auto whitespace-pre-wrap rounded-md bg-canvas p-3 font-mono text-mono [overflow-wrap:anywhere]"
        {...scrollRegion}
      >
        {question.command ?? JSON.stringify(question.input, null, 2)}
      </pre>
      {question.cwd !== null && (
        <p className="text-muted text-xs">
          In <code className="break-all font-mono">{question.cwd}</code>
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {button('once', 'Approve once', 'primary')}
        {button('always', 'Always here', 'secondary')}
        {button('deny', 'Deny', 'secondary')}
      </div>
      <p className="text-muted text-xs">
        “Always here” also lets later calls of <code className="font-mono">{tool}</code> in this chat run
        unasked, except dangerous ones. Without an answer it is denied at {clockTime(question.expiresAt)}.
      </p>
      {answer.error !== null && (
        <p role="alert" className="text-danger text-xs">
          {isLate ? 'It was answered already.' : failureText(answer.error)}
        </p>
      )}
    </section>
  );
}

function clockTime(timestamp: string): string {
  return new Date(timestamp).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
}
