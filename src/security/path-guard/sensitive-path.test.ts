import { expect, test } from 'vitest';
import { isSensitivePath } from './sensitive-path.ts';

test('the deny list ignores what only looks alike', () => {
  for (const fine of [
    '/w/environment.ts',
    '/w/.env.sample',
    '/w/.env.template',
    '/w/credentials.ts',
    '/w/gcloud/x',
    '/w/process/1/environ',
    '/w/shadow',
  ]) {
    expect(isSensitivePath(fine), fine).toBe(false);
  }
});
