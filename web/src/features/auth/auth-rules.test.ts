import { describe, expect, it } from 'vitest';
import { bootstrapTokenOf } from './bootstrap-token.ts';
import { generatePassword, passwordProblem } from './password-rules.ts';

describe('passwordProblem', () => {
  it('asks for eight characters besides surrounding spaces, typed twice', () => {
    expect(passwordProblem('1234567', '1234567')).toContain('8');
    expect(passwordProblem(' 1234567 ', ' 1234567 ')).toContain('8');
    expect(passwordProblem('12345678', '12345679')).toContain('differ');
    expect(passwordProblem('12345678', '12345678')).toBeNull();
  });
});

describe('generatePassword', () => {
  it('makes four groups of five characters', () => {
    const password = generatePassword((length) => crypto.getRandomValues(new Uint8Array(length)));
    expect(password).toMatch(/^([a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}$/);
  });

  it('leaves out bytes that would make some characters likelier', () => {
    const bytes = new Uint8Array(32).fill(0).map((_, index) => (index % 2 === 0 ? 255 : 0));
    expect(generatePassword(() => bytes)).toBe('aaaaa-aaaaa-aaaaa-aaaaa');
  });
});

describe('bootstrapTokenOf', () => {
  it('reads the token of the printed link and nothing else', () => {
    expect(bootstrapTokenOf('#bootstrap=a-b-1')).toBe('a-b-1');
    expect(bootstrapTokenOf('#other=1')).toBeNull();
    expect(bootstrapTokenOf('')).toBeNull();
  });
});
