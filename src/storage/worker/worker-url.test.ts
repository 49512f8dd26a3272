import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defaultWorkerUrl } from './worker-url.ts';

describe('defaultWorkerUrl', () => {
  it('finds the source beside this module', () => {
    expect(existsSync(fileURLToPath(defaultWorkerUrl()))).toBe(true);
  });

  it('finds the built thread beside the bundle', () => {
    const url = defaultWorkerUrl('file:///opt/microclaw/dist/main.js');
    expect(url.href).toBe('file:///opt/microclaw/dist/storage-worker.js');
  });
});
