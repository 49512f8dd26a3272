/**
 * Reads a chat message as the answer to a question about a call (agent-runtime §12).
 *
 * Invariants: only a message that is nothing but an answer is one; `disapprove`, or a sentence that contains a word of
 * the table, is not; a message of any size is read at once.
 */
import type { ApprovalDecision } from '../../storage/repositories/approval-repository.ts';

const WORDS: Readonly<Record<ApprovalDecision, readonly string[]>> = {
  once: [
    ...[
      '1',
      'y',
      'yes',
      'ok',
      'okay',
      'approve',
      'approved',
      'approve once',
      'go ahead',
      'proceed',
      'run it',
    ],
    ...['确认', '批准', '同意', '继续', '可以执行', '执行吧'],
  ],
  always: [
    '2',
    'always',
    'always allow',
    'always approve',
    'approve always',
    'yes always',
    '总是',
    '始终',
    '总是允许',
    '始终允许',
  ],
  deny: [
    ...[
      '3',
      'n',
      'no',
      'deny',
      'denied',
      'reject',
      'rejected',
      'cancel',
      'stop',
      "don't",
      'do not',
      'not approved',
    ],
    ...['不同意', '不批准', '不要', '取消', '停止', '拒绝'],
  ],
};

const DECISIONS = new Map(
  Object.entries(WORDS).flatMap(
    ([decision, words]) => words.map((word) => [word, decision as ApprovalDecision] as const), // the keys of the table above
  ),
);

/** UTF-16 units. Longer messages say something else; to strip them would take time that grows with their square. */
const MAX_REPLY_CHARS = 200;

/** `undefined` when the message says something else. Case, surrounding punctuation and spacing do not matter. */
export function parseReply(text: string): ApprovalDecision | undefined {
  const plain = plainReply(text);
  return plain === undefined ? undefined : DECISIONS.get(plain);
}

/** The words of a short message, without what does not matter; `undefined` for a longer one. */
export function plainReply(text: string): string | undefined {
  if (text.length > MAX_REPLY_CHARS) return undefined;
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘`]/g, "'")
    .replace(/[\s,，]+/g, ' ')
    .replace(/^[\s"'“”.!。！]+|[\s"“”.!。！]+$/g, '');
}
