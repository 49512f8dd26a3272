import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('collects garbage that nothing else would collect, without leaving `gc` behind', async () => {
  const module = join(import.meta.dirname, 'release-startup-memory.ts');
  const script = `
    import { releaseStartupMemory } from ${JSON.stringify(module)};
    let dropped = Array.from({ length: 200_000 }, (_, index) => ({ index }));
    globalThis.registry = new FinalizationRegistry(() => { console.log(typeof globalThis.gc); clearInterval(alive); });
    globalThis.registry.register(dropped, 0);
    dropped = undefined;
    releaseStartupMemory(10);
    const alive = setInterval(() => {}, 1000);
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    timeout: 10_000,
  });
  expect(stdout.trim()).toBe('undefined');
});
