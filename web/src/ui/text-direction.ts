/** Which way a text runs. */

/** The first letter is of a script that is written from right to left. */
const RIGHT_TO_LEFT =
  /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/**
 * The direction that the first letter asks for. Unlike `dir="auto"` it also reads what lies in elements with a
 * direction of their own, so that a list stands on the side of its items.
 */
export function directionOf(text: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.test(text) ? 'rtl' : 'ltr';
}
