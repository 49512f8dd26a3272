/** Plan mode in the console: shown above the composer, approved and left with a button. */
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
      llm_provider: 'custom',
      llm_base_url: model.openAiUrl,
      api_key: 'test-key',
      model: 'fake-large',
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

  const bar = () => operator.page.getByRole('region', { name: 'Plan mode' });

  it('shows the mode, approves the plan with a button, and leaves with the other', async () => {
    await operator.send('/plan');
    await bar().getByText('Looks and plans; changes nothing.').waitFor();
    expect(await bar().getByRole('button', { name: 'Approve plan' }).count()).toBe(0);
    model.enqueue(
      reply.toolCalls([{ name: 'write_file', input: { path: 'notes.md', content: 'x' } }]),
      reply.text('1. Write `notes.md` with what you told me.\n2. Read it back to check it.'),
    );
    await operator.send('keep my notes in a file');
    await bar().getByRole('button', { name: 'Approve plan' }).waitFor();
    await operator.answers.getByText('nothing was changed').waitFor();
    await operator.screenshot('plan-desktop-dark');
    await operator.expectAccessible();
    await operator.page.setViewportSize({ width: 390, height: 844 });
    await operator.expectNoSidewaysScroll();
    await operator.screenshot('plan-phone-dark');
    await operator.page.setViewportSize({ width: 1440, height: 900 });
    model.enqueue(
      reply.toolCalls([{ name: 'write_file', input: { path: 'notes.md', content: 'x' } }]),
      reply.text('The notes are written.'),
    );
    await bar().getByRole('button', { name: 'Approve plan' }).click();
    await operator.answers.getByText('The notes are written.').waitFor();
    await bar().waitFor({ state: 'detached' });
    await operator.send('/plan');
    await bar().getByRole('button', { name: 'Leave plan mode' }).click();
    await bar().waitFor({ state: 'detached' });
  });
});
