import { expect, test } from 'vitest';
import { PasswordGate } from './password-gate.ts';

test('checks are made one at a time, in order', async () => {
  const gate = new PasswordGate();
  const steps: string[] = [];
  const check = (name: string) => async () => {
    steps.push(`${name} begins`);
    await Promise.resolve();
    steps.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all(['a', 'b'].map((name) => gate.pass(check(name))))).toEqual(['a', 'b']);
  expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('a full queue turns further ones away without looking, and opens again', async () => {
  const gate = new PasswordGate(1);
  const hold = Promise.withResolvers<string>();
  const first = gate.pass(() => hold.promise);
  const second = gate.pass(async () => 'second');
  const third = gate.pass(() => expect.fail('it was looked at'));
  expect(await third).toBe('busy');
  hold.resolve('first');
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
  expect(await gate.pass(async () => 'later')).toBe('later');
});

test('a check that fails tells its caller and nobody else', async () => {
  const gate = new PasswordGate();
  const failing = gate.pass(() => Promise.reject(new Error('no memory')));
  const next = gate.pass(async () => 'fine');
  await expect(failing).rejects.toThrow('no memory');
  expect(await next).toBe('fine');
});
