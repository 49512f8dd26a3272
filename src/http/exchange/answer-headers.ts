/** Headers of an answer. Names are compared without case and written in lower case; values must be ASCII. */
export class AnswerHeaders {
  readonly #values = new Map<string, string | readonly string[]>();

  /** Replaces what was there. */
  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), value);
  }

  /** Adds a further line of the same name, as `Set-Cookie` needs. */
  append(name: string, value: string): void {
    const key = name.toLowerCase();
    const present = this.#values.get(key) ?? [];
    this.#values.set(key, [...(typeof present === 'string' ? [present] : present), value]);
  }

  /** Name, value, name, value …, in the order in which the names were first set. */
  lines(): string[] {
    const lines: string[] = [];
    for (const [name, value] of this.#values) {
      for (const line of typeof value === 'string' ? [value] : value) lines.push(name, line);
    }
    return lines;
  }
}
