/** Text of strangers for a terminal. */

/**
 * Replaces the characters a terminal would obey, line feeds and tabs apart, by U+FFFD. Everything else is as it was.
 */
export function harmlessText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/(?![\n\t])\p{Cc}/gu, '\uFFFD');
}

/** Replaces the characters a terminal would obey, and those that make text look like other text, by U+FFFD. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}
