/** What is hidden, and the filter that hides it in text which arrives in pieces. */

export interface Secret {
  /** Shown in place of the value: the config key or variable name. */
  readonly key: string;
  readonly value: string;
}

/** Text in, text out, possibly later; `end` returns what was held back. */
export interface TextFilter {
  write(chunk: string): string;
  end(): string;
}
