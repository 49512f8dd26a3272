import { expect, it } from 'vitest';
import { createProcessSampler } from './process-sampler.ts';

function blockFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

it('sees how long the event loop was blocked, until it is reset', async () => {
  const sampler = createProcessSampler({ beginDelayMs: 0 });
  expect(sampler.sample().eventLoopDelayMs).toEqual({ p50: 0, p99: 0, max: 0 });
  sampler.start();
  sampler.start();
  try {
    await new Promise((resolve) => setTimeout(resolve, 60));
    blockFor(300);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const first = sampler.sample({ reset: true });
    expect(first.eventLoopDelayMs.max).toBeGreaterThan(150);
    expect(first.rssBytes).toBeGreaterThan(first.heapUsedBytes / 2);
    expect(sampler.sample().eventLoopDelayMs.max).toBeLessThan(first.eventLoopDelayMs.max);
  } finally {
    sampler.stop();
    sampler.stop();
  }
});
