/**
 * Arithmetic for the `calculate` tool (tools §11): `+ - * / %`, parentheses, unary signs, decimals.
 *
 * A recursive descent parser that computes as it reads; nothing is ever handed to a JavaScript evaluator. Nesting is
 * bounded, so no input can exhaust the stack, and every result is a finite number.
 */

export type Evaluation =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Nested parentheses and chained signs. */
const MAX_DEPTH = 100;
const MAX_LENGTH = 10_000;

type Token =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'symbol'; readonly symbol: string };

/** Unwinds the parser; never leaves this file. */
class InvalidExpression extends Error {}

/** Computes `expression`, or says in a few words why it cannot be. */
export function evaluate(expression: string): Evaluation {
  try {
    return { kind: 'value', value: new Parser(tokenize(expression)).parse() };
  } catch (error) {
    if (error instanceof InvalidExpression) return { kind: 'invalid', reason: error.message };
    throw error;
  }
}

/** At most 15 significant digits, so that `0.1+0.2` reads `0.3`; integers that are exact keep every digit. */
export function formatNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  return String(Number(value.toPrecision(15)));
}

function tokenize(expression: string): readonly Token[] {
  if (expression.length > MAX_LENGTH) throw new InvalidExpression('Expression is too long');
  const tokens: Token[] = [];
  let rest = expression.trimStart();
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    const text = number ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
    if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) });
    else if ('+-*/%()'.includes(text)) tokens.push({ kind: 'symbol', symbol: text });
    else throw new InvalidExpression(`Unsupported character in expression: ${text}`);
    rest = rest.slice(text.length).trimStart();
  }
  if (tokens.length === 0) throw new InvalidExpression('Expression is empty');
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): number {
    const value = this.#sum(0);
    if (this.#position < this.#tokens.length) throw new InvalidExpression('Unexpected trailing tokens');
    return value;
  }

  #sum(depth: number): number {
    let value = this.#product(depth);
    for (;;) {
      if (this.#accept('+')) value = finite(value + this.#product(depth));
      else if (this.#accept('-')) value = finite(value - this.#product(depth));
      else return value;
    }
  }

  #product(depth: number): number {
    let value = this.#signed(depth);
    for (;;) {
      if (this.#accept('*')) value = finite(value * this.#signed(depth));
      else if (this.#accept('/')) value = finite(value / nonZero(this.#signed(depth), 'Division by zero'));
      else if (this.#accept('%')) value = finite(value % nonZero(this.#signed(depth), 'Modulo by zero'));
      else return value;
    }
  }

  #signed(depth: number): number {
    if (depth > MAX_DEPTH) throw new InvalidExpression('Expression is nested too deeply');
    if (this.#accept('+')) return this.#signed(depth + 1);
    if (this.#accept('-')) return -this.#signed(depth + 1);
    return this.#operand(depth);
  }

  #operand(depth: number): number {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new InvalidExpression('Unexpected end of expression');
    this.#position += 1;
    if (token.kind === 'number') return finite(token.value);
    if (token.symbol !== '(') throw new InvalidExpression(`Unexpected token: ${token.symbol}`);
    const value = this.#sum(depth + 1);
    if (!this.#accept(')')) throw new InvalidExpression("Missing closing ')'");
    return value;
  }

  #accept(symbol: string): boolean {
    const token = this.#tokens[this.#position];
    if (token?.kind !== 'symbol' || token.symbol !== symbol) return false;
    this.#position += 1;
    return true;
  }
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new InvalidExpression('Result is not a finite number');
  return value;
}

function nonZero(value: number, reason: string): number {
  if (value === 0) throw new InvalidExpression(reason);
  return value;
}
