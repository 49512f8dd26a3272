import { expect, it } from 'vitest';
import { readAnthropicSignature, readResponsesSignature, responsesSignature } from './thinking-signature.ts';

it('a reasoning item survives its way through a session', () => {
  const item = { id: 'rs_1', encrypted: 'gAAAA:==/+' };
  expect(readResponsesSignature(responsesSignature(item))).toEqual(item);
});

it('no provider is given the signature of another', () => {
  expect(readAnthropicSignature(responsesSignature({ id: 'rs_1', encrypted: 'x' }))).toBeUndefined();
  expect(readResponsesSignature('EqoBCkgIARAB')).toBeUndefined();
  expect(readAnthropicSignature('EqoBCkgIARAB')).toBe('EqoBCkgIARAB');
  expect(readAnthropicSignature('')).toBeUndefined();
  expect(readResponsesSignature('rs:broken')).toBeUndefined();
});
