/** Sentences the runtime itself says, to people or to the model. Clients match some of them: they do not change. */

export const ABORTED_TEXT = 'Current run aborted.';
export const OUTPUT_LIMIT_TEXT =
  'I reached the model output limit before I could finish. Ask me to continue, or raise max_tokens.';
/** Shown beside an answer that has text but was cut off. */
export const CUT_OFF_NOTICE =
  'This answer was cut off at the output limit. Ask to continue, or raise max_tokens.';
export const EMPTY_REPLY_TEXT =
  "I couldn't produce a visible reply after an automatic retry. Please try again.";
export const REFUSAL_TEXT = 'The model declined to answer this request.';
export const IDENTICAL_CALLS_TEXT =
  'I stopped because the model repeated the same tool calls without making progress. Please rephrase the request or give me more detail.';
export const RESUMED_PREFIX = '↻ Resumed after restart.\n\n';

/** Sent to the model when an answer had no visible text. */
export const EMPTY_REPLY_GUARD =
  '[runtime_guard]: Your last answer had no text the user can see. Answer the user now, in plain text.';
/** Sent to the model when a turn continues after a restart. */
export const RESUME_NOTE =
  '[runtime_resume]: The runtime was restarted during this turn. Every tool result above is real; continue from there without repeating finished work.';
/** Noted in the session after a stop, so that the next turn does not redo the request. */
export const STOPPED_NOTE = '[The user stopped this run. Do not continue it unless asked.]';
export const CALL_INTERRUPTED = 'Interrupted: the run was stopped while this call was in progress.';
export const CALL_NOT_RUN = 'Not run: the run ended before this call began.';
export const CALL_UNCERTAIN =
  'Unknown outcome: the runtime was restarted while this call was in progress. It may or may not have taken effect and was not repeated.';

export const RESULT_LOST =
  'No result: it was not recorded whether this call ran or what came of it. Check before you repeat it.';

/** The answer that ends a turn which used all its tool iterations. */
export function iterationLimitText(cap: number): string {
  return `I reached the maximum number of tool iterations. (${cap}) Tell me to continue if you want me to go on.`;
}

/** Acknowledges messages that a running turn took in. */
export function foldedText(count: number): string {
  return count === 1
    ? '📥 Got 1 follow-up message — folding it into the current turn.'
    : `📥 Got ${count} follow-up messages — folding them into the current turn.`;
}

/** Tells the user which calls a restart left in doubt, and asks what to do. */
export function uncertainText(
  calls: readonly { readonly label: string; readonly summary: string }[],
): string {
  const lines = calls.map((call) => `- ${call.label}: \`${call.summary}\``);
  return [
    '⚠️ I restarted while a tool operation was in progress. Its outcome is unknown and I did not repeat it:',
    ...lines,
    '',
    'Shall I check what happened, run it again, or leave it?',
  ].join('\n');
}
