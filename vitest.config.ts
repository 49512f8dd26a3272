/**
 * Test projects. `unit` needs nothing but the sources; the others start the built program as a process, so they run
 * one file at a time and get more time.
 */
import { defineConfig } from 'vitest/config';

/** A project whose tests start real processes. */
function processProject(name: string) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: 60_000,
      hookTimeout: 60_000,
      fileParallelism: false,
    },
  };
}

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,scripts}/**/*.test.ts', 'test/{support,bench}/**/*.test.ts'],
          testTimeout: 15_000,
          hookTimeout: 15_000,
        },
      },
      { test: { name: 'web', include: ['web/src/**/*.test.ts', 'web/build/**/*.test.ts'] } },
      {
        test: {
          name: 'attacks',
          include: ['test/attacks/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      processProject('e2e'),
      processProject('runbook'),
      processProject('chaos'),
      processProject('browser'),
      processProject('package'),
    ],
  },
});
