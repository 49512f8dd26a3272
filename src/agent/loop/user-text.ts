/** How text of people reaches the model: always marked as theirs and escaped, so it cannot pose as runtime text. */
import { ellipsize, escapeXml } from '../../core/text.ts';

export function wrapUserText(senderName: string, text: string): string {
  return `<user_message sender="${escapeXml(oneLine(senderName))}">${escapeXml(text)}</user_message>`;
}

/** Messages that arrived while the turn was running, as one block beside the tool results. */
export function midTurnNotice(
  messages: readonly { readonly senderName: string; readonly content: string; readonly acceptedAt: string }[],
): string {
  const lines = messages.map(
    (message) => `[${message.acceptedAt}] ${wrapUserText(message.senderName, message.content)}`,
  );
  return `<system_notice type="mid_turn_user_message">\n${lines.join('\n')}\n</system_notice>`;
}

const MAX_NAME_CHARS = 80;
/** Control characters, and what changes the direction or the visibility of text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** People choose their names: no line breaks, nothing invisible, no speeches. */
function oneLine(name: string): string {
  return ellipsize(name.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim(), MAX_NAME_CHARS);
}
