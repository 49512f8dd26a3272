/** How text of people reaches the model: always marked as theirs and escaped, so it cannot pose as runtime text. */
import { escapeXml } from '../../core/text.ts';

export function wrapUserText(senderName: string, text: string): string {
  return `<user_message sender="${escapeXml(senderName)}">${escapeXml(text)}</user_message>`;
}

/** Messages that arrived while the turn was running, as one block beside the tool results. */
export function midTurnNotice(
  messages: readonly { readonly senderName: string; readonly content: string; readonly acceptedAt: string }[],
): string {
  const lines = messages.map(
    (message) => `[${message.acceptedAt}] ${escapeXml(message.senderName)}: ${escapeXml(message.content)}`,
  );
  return `<system_notice type="mid_turn_user_message">\n${lines.join('\n')}\n</system_notice>`;
}
