import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, formatNumber } from './evaluate.ts';

const show = (expression: string) => {
  const result = evaluate(expression);
  return result.kind === 'value' ? formatNumber(result.value) : result.reason;
};

describe('evaluate', () => {
  it.each([
    ['(2+3)*4-1', '19'],
    ['2+3*4', '14'],
    ['2-3-4', '-5'],
    ['20/2/5', '2'],
    ['7%4', '3'],
    ['-7%4', '-3'],
    ['2*-3', '-6'],
    ['--2', '2'],
    ['+-+2', '-2'],
    ['.5+1.', '1.5'],
    ['0.1+0.2', '0.3'],
    ['10/4', '2.5'],
    ['1/3', '0.333333333333333'],
    ['-0', '0'],
    [' 1\n+\t1 ', '2'],
    ['9007199254740991', '9007199254740991'],
    ['((((1))))', '1'],
  ])('computes %s', (expression, expected) => expect(show(expression)).toBe(expected));

  it.each([
    ['1/0', 'Division by zero'],
    ['1/(2-2)', 'Division by zero'],
    ['1%0', 'Modulo by zero'],
    ['', 'Expression is empty'],
    ['   ', 'Expression is empty'],
    ['1 2', 'Unexpected trailing tokens'],
    ['1)', 'Unexpected trailing tokens'],
    ['(1+2', "Missing closing ')'"],
    ['2^3', 'Unsupported character in expression: ^'],
    ['process.exit()', 'Unsupported character in expression: p'],
    ['1+😀', 'Unsupported character in expression: 😀'],
    ['1+', 'Unexpected end of expression'],
    ['*2', 'Unexpected token: *'],
    ['()', 'Unexpected token: )'],
    ['9'.repeat(400), 'Result is not a finite number'],
    [`${'9'.repeat(300)}*${'9'.repeat(300)}`, 'Result is not a finite number'],
    ['1'.repeat(10_001), 'Expression is too long'],
  ])('refuses %s', (expression, reason) => expect(show(expression)).toBe(reason));

  it.each(['(', '-', '+'])('bounds nesting made of %s', (symbol) => {
    expect(show(symbol.repeat(9_000))).toBe('Expression is nested too deeply');
  });

  it('never throws and never yields anything but a finite number', () => {
    const part = fc.constantFrom('1', '2.5', '+', '-', '*', '/', '%', '(', ')', ' ', 'x');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const result = evaluate(parts.join(''));
        if (result.kind === 'value') expect(Number.isFinite(result.value)).toBe(true);
        else expect(result.reason).not.toBe('');
      }),
    );
  });

  it('agrees with arithmetic on random sums of products', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        expect(show(`(${a})*(${b})-(${c})`)).toBe(formatNumber(a * b - c));
      }),
    );
  });
});
