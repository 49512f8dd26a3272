/** Text of strangers for a terminal. */

/** Replaces the characters a terminal would obey, and those that make text look like other text, by U+FFFD. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}
