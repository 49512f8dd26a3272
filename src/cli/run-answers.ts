/**
 * Answers the questions about tool calls of `microclaw run`: the person at the terminal does, or `--approve-tools`, or
 * nobody, which denies.
 *
 * Invariants: `--approve-tools` stands for one answer only, the one to "this tool is of high risk"; a command of a
 * dangerous form, and a call of a turn that read untrusted content, need a person; nothing that is shown can steer the
 * terminal.
 */
import { parseReply } from '../agent/approvals/parse-reply.ts';
import type { QuestionAnswer, RunQuestion } from '../app/run-once.ts';
import type { CommandContext } from './command-context.ts';
import { plainText } from './plain-text.ts';

export interface AnswerOptions {
  /** `--approve-tools`. */
  readonly approveTools: boolean;
}

const NOBODY = 'there is no terminal to ask at, so this was denied without a look at it';

/** Rejects with the signal's reason. */
export async function answerQuestion(
  context: Pick<CommandContext, 'terminal' | 'err'>,
  { approveTools }: AnswerOptions,
  question: RunQuestion,
  signal: AbortSignal,
): Promise<QuestionAnswer> {
  const isHighRiskOnly = question.reasonCodes.every((code) => code === 'high_risk');
  if (approveTools && isHighRiskOnly) return { decision: 'once' };
  if (context.terminal === undefined) {
    const remedy = isHighRiskOnly ? '; --approve-tools approves it' : '';
    context.err(plainLines(`denied: ${question.tool} needs a person's approval${remedy}\n`));
    return { decision: 'deny', note: NOBODY };
  }
  context.err(`\n${plainLines(question.card)}\n`);
  const over = AbortSignal.timeout(Math.max(0, Date.parse(question.expiresAt) - Date.now()));
  try {
    const reply = await context.terminal.ask('1, 2 or 3: ', AbortSignal.any([signal, over]));
    return toAnswer(reply);
  } catch (error) {
    if (signal.aborted || !over.aborted) throw error;
    context.err('\nno answer in time\n');
    return { decision: 'deny', note: 'no answer in time' };
  }
}

/** Anything but an answer denies, and is passed on as the reason, as in every chat. */
function toAnswer(reply: string | undefined): QuestionAnswer {
  const text = reply?.trim() ?? '';
  const decision = parseReply(text);
  if (decision !== undefined) return { decision };
  return text === '' ? { decision: 'deny' } : { decision: 'deny', note: text };
}

function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}
