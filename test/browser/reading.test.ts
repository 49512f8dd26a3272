/** What has to be read can be read: tables on a phone, text from right to left, labels in one piece. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpOperator } from '../support/api-client.ts';
import { reply } from '../support/fake-model/reply.ts';
import { ServedModel } from '../support/served-model.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';

const TABLE = [
  '| name | size | modified | permissions | comment |',
  '|---|---:|---|---|---|',
  '| a-file-with-a-long-name.txt | 12345 | 2026-01-01 | rw-r--r-- | what somebody wrote about this file |',
].join('\n');
const ARABIC = 'مرحبا بالعالم';

describe.skipIf(isBrowserMissing)('on a phone', () => {
  const chromium = useChromium();
  let served: ServedModel;
  let operator: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    served = await ServedModel.start();
    const client = await setUpOperator(served.server);
    served.model.enqueue(reply.text(TABLE), reply.text(`${ARABIC} and more\n\n- ${ARABIC}\n\n- ${ARABIC}`));
    await client.send('a table', 'main');
    await client.send(ARABIC, 'arabic');
    operator = await ConsolePage.open(chromium.browser, { phone: true });
    await operator.signIn(served.server.url);
    page = operator.page;
  });
  afterAll(async () => {
    operator?.expectNoProblems();
    await served?.stop();
  });

  /** Of the text in an element, not of its box. */
  const lineCount = (element: Locator) =>
    element.evaluate((node: unknown) => {
      const { document } = globalThis as unknown as { document: { createRange(): DomRange } };
      const range = document.createRange();
      range.selectNodeContents(node);
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
    });

  it('keeps the words of a table whole: it scrolls instead', async () => {
    const table = operator.answers.getByRole('table');
    await table.waitFor();
    for (const name of ['size', 'permissions', '12345', 'rw-r--r--']) {
      expect(await lineCount(table.getByText(name, { exact: true }))).toBe(1);
    }
    await operator.expectNoSidewaysScroll();
  });

  it('sets text that begins from right to left on the right, its lists too', async () => {
    await page.goto(`${served.server.url}/?session=arabic`);
    const item = operator.answers.getByRole('listitem').first();
    await item.waitFor();
    const direction = (element: Locator) =>
      element.evaluate((node: unknown) => {
        const { getComputedStyle } = globalThis as unknown as {
          getComputedStyle(node: unknown): { readonly direction: string };
        };
        return getComputedStyle(node).direction;
      });
    expect(await direction(item)).toBe('rtl');
    expect(await direction(operator.answers.getByText(`${ARABIC} and more`))).toBe('rtl');
    await operator.screenshot('right-to-left-phone-dark');
  });

  it('shows the severity of a warning in one line', async () => {
    await page.goto(`${served.server.url}/?page=security`);
    const severities = page.getByRole('list', { name: 'Warnings' }).getByText(/^(?:medium|high)$/);
    await severities.first().waitFor();
    for (const severity of await severities.all()) expect(await lineCount(severity)).toBe(1);
  });
});

/** What the count of lines needs of the page's DOM, which the types of the tests do not have. */
interface DomRange {
  selectNodeContents(node: unknown): void;
  getClientRects(): Iterable<{ readonly top: number }>;
}
