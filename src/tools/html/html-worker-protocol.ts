/** Messages between the program and the thread that converts pages. Both sides are this program, of one build. */

export interface ConvertJob {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** From the Content-Type; absent when it names none. */
  readonly charset?: string | undefined;
  readonly url: string;
  /** Text beyond this many UTF-16 units is not sent back. */
  readonly maxChars: number;
}

export type ConvertAnswer =
  | { readonly kind: 'converted'; readonly id: number; readonly title: string; readonly markdown: string }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };
