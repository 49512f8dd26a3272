/**
 * Reads a chat message as the approval of a plan (agent-runtime §13).
 *
 * Invariant: only a message that is nothing but an approval is one. Digits are none: plans have numbered questions.
 */
import { parseReply, plainReply } from '../approvals/parse-reply.ts';

const PLAN_WORDS = /^(?:approve|approved|accept|execute|start|run|implement)(?: (?:the|this|that))? plan$/;
const MORE_WORDS: ReadonlySet<string> = new Set([
  ...['do it', 'go', 'lgtm', 'looks good', 'sounds good', 'accept', 'accepted', 'execute'],
  ...['yes please', 'please proceed', 'please do', 'make it so', 'yes go ahead', 'ok go ahead'],
  ...['批准计划', '执行计划', '开始执行', '按计划执行', '好', '好的', '可以'],
]);

/** Case, surrounding punctuation and spacing do not matter. */
export function isPlanApproval(text: string): boolean {
  const plain = plainReply(text);
  if (plain === undefined || /^\d+$/.test(plain)) return false;
  return parseReply(plain) === 'once' || MORE_WORDS.has(plain) || PLAN_WORDS.test(plain);
}
