/** Plan mode in the console: told in the top line and left there, and the plan approved above the composer. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reply } from '../support/fake-model/reply.ts';
import { ServedModel } from '../support/served-model.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';

describe.skipIf(isBrowserMissing)('a chat in plan mode', () => {
  const chromium = useChromium();
  let served: ServedModel;
  let operator: ConsolePage;

  beforeEach(async () => {
    served = await ServedModel.start();
    operator = await ConsolePage.open(chromium.browser);
    await operator.setUpOperator(served.server.url, served.server.bootstrapToken);
  });
  afterEach(async () => {
    await operator?.close();
    await served?.stop();
  });

  const badge = () => operator.page.getByRole('group', { name: 'Plan mode' });
  const bar = () => operator.page.getByRole('region', { name: 'Plan', exact: true });

  it('shows the mode, approves the plan or goes on with it, and is left with a button', async () => {
    await operator.send('/plan');
    await badge().waitFor();
    expect(await bar().count()).toBe(0);
    served.model.enqueue(
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
    served.model.enqueue(
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
