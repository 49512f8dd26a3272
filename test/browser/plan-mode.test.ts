/** Plan mode in the console: told in the top line and left there, and the plan approved above the composer. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeModelServer, startFakeModel } from '../support/fake-model/fake-model-server.ts';
import { reply } from '../support/fake-model/reply.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';
import { isBrowserMissing, launchChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';

describe.skipIf(isBrowserMissing)('a chat in plan mode', () => {
  let browser: Browser;
  let model: FakeModelServer;
  let home: MicroclawHome;
  let server: RunningMicroclaw;
  let operator: ConsolePage;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    model = await startFakeModel();
    home = await createHome({
      ...model.config,
    });
    server = await startMicroclaw(home);
    operator = await ConsolePage.open(browser);
    await operator.setUpOperator(server.url, server.bootstrapToken);
  });
  afterEach(async () => {
    await operator?.close();
    await server?.stop();
    await model?.stop();
    await home?.dispose();
  });

  const badge = () => operator.page.getByRole('group', { name: 'Plan mode' });
  const bar = () => operator.page.getByRole('region', { name: 'Plan', exact: true });

  it('shows the mode, approves the plan or goes on with it, and is left with a button', async () => {
    await operator.send('/plan');
    await badge().waitFor();
    expect(await bar().count()).toBe(0);
    model.enqueue(
      reply.toolCalls([{ name: 'write_file', input: { path: 'notes.md', content: 'x' } }]),
      reply.text('1. Write `notes.md` with what you told me.\n2. Read it back to check it.'),
    );
    await operator.send('keep my notes in a file');
    await bar().getByRole('button', { name: 'Approve plan' }).waitFor();
    await operator.answers.getByText('nothing was changed').waitFor();
    for (const theme of ['dark', 'light']) {
      await operator.page.evaluate(`localStorage.setItem('microclaw_appearance', '${theme}')`);
      await operator.page.reload();
      await bar().waitFor();
      for (const [width, height] of [
        [1440, 900],
        [390, 844],
      ] as const) {
        await operator.page.setViewportSize({ width, height });
        await operator.expectNoSidewaysScroll();
        await operator.expectAccessible();
        await operator.screenshot(`plan-${theme}-${width}`);
      }
    }
    await operator.page.setViewportSize({ width: 1440, height: 900 });
    await bar().getByRole('button', { name: 'Keep planning' }).click();
    expect(await operator.page.evaluate('document.activeElement?.tagName')).toBe('TEXTAREA');
    model.enqueue(
      reply.toolCalls([{ name: 'write_file', input: { path: 'notes.md', content: 'x' } }]),
      reply.text('The notes are written.'),
    );
    await bar().getByRole('button', { name: 'Approve plan' }).click();
    await operator.answers.getByText('The notes are written.').waitFor();
    await Promise.all([bar().waitFor({ state: 'detached' }), badge().waitFor({ state: 'detached' })]);
    await operator.send('/plan');
    await badge().getByRole('button', { name: 'Leave plan mode' }).click();
    await badge().waitFor({ state: 'detached' });
    operator.expectNoProblems();
  });
});
