/** Where the focus is: what floats gives it back, and keys mean what is seen. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reply } from '../support/fake-model/reply.ts';
import { ServedModel } from '../support/served-model.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';

describe.skipIf(isBrowserMissing)('the focus', () => {
  const chromium = useChromium();
  let served: ServedModel;
  let operator: ConsolePage;
  let page: Page;

  beforeAll(async () => {
    served = await ServedModel.start();
    const first = await ConsolePage.open(chromium.browser);
    await first.setUpOperator(served.server.url, served.server.bootstrapToken);
    await first.close();
  });
  afterAll(async () => {
    await served?.stop();
  });

  beforeEach(async () => {
    operator = await ConsolePage.open(chromium.browser);
    await operator.signIn(served.server.url);
    page = operator.page;
  });
  afterEach(async () => {
    operator?.expectNoProblems();
    await operator?.close();
  });

  const menu = () => page.getByRole('button', { name: 'Menu' });
  const dialog = (name: string) => page.getByRole('dialog', { name });
  const hasFocus = (label: string) =>
    expect
      .poll(() => page.evaluate<string | null>(`document.activeElement.getAttribute('aria-label')`))
      .toBe(label);

  async function startLongAnswer(): Promise<void> {
    served.model.enqueue(reply.text('word '.repeat(600)).with({ gapMs: 30, deltaLength: 5 }));
    await operator.composer.fill('go');
    await operator.composer.press('Enter');
    await operator.answers.getByText('word word').waitFor();
  }

  it('goes back to where it was when a dialog closes', async () => {
    await menu().focus();
    await page.keyboard.press('?');
    await dialog('Keyboard').waitFor();
    await page.keyboard.press('Escape');
    await hasFocus('Menu');
    await operator.composer.focus();
    await page.keyboard.press('Control+k');
    await dialog('Command palette').waitFor();
    await page.keyboard.press('Escape');
    await hasFocus('Message');
  });

  it('goes back to the button of the menu that a dialog was chosen from', async () => {
    await menu().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Connect a model' }).focus();
    await page.keyboard.press('Enter');
    await dialog('Connect a language model').waitFor();
    await page.keyboard.press('Escape');
    await hasFocus('Menu');
  });

  it('goes to the composer from the palette, and from a page back in its chat', async () => {
    await page.goto(`${served.server.url}/?session=notes`);
    await operator.composer.waitFor();
    await menu().focus();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('write a message');
    await page.keyboard.press('Enter');
    await hasFocus('Message');
    await menu().focus();
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.getByRole('heading', { level: 2, name: 'Audit' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { level: 1, name: 'notes' }).waitFor();
    await hasFocus('Message');
  });

  it('on a button with its tooltip does not keep Esc from stopping the answer', async () => {
    await startLongAnswer();
    await operator.composer.press('Tab');
    await page.getByRole('tooltip', { name: 'Stop' }).waitFor();
    await page.keyboard.press('Escape');
    await operator.answers.getByText('Stopped.').last().waitFor();
  });

  it('in the search keeps Esc for the search, and goes to the composer with the button that stops', async () => {
    await page.goto(`${served.server.url}/?session=search`);
    await startLongAnswer();
    const search = page.getByLabel('Search chats');
    await search.fill('search');
    await search.press('Escape');
    expect(await search.inputValue()).toBe('');
    await operator.stopButton.click();
    await operator.answers.getByText('Stopped.').last().waitFor();
    await hasFocus('Message');
    expect((await operator.answers.last().textContent())?.length ?? 0).toBeGreaterThan(0);
    expect(served.model.requestCount).toBeGreaterThan(1);
  });

  it('stays in a palette that finds nothing, which is no fault for screen readers', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('zzzz');
    await page.getByText('Nothing is called like that.').waitFor();
    await operator.expectAccessible();
  });
});
