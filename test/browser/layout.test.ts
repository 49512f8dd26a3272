/** The console on a phone, in the light, by keyboard, and with a long transcript. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setUpOperator } from '../support/api-client.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage, type PageOptions } from './console-page.ts';

const MESSAGES = 60;

describe.skipIf(isBrowserMissing)('layout', () => {
  const chromium = useChromium();
  let home: MicroclawHome;
  let server: RunningMicroclaw;
  let opened: ConsolePage | undefined;

  beforeAll(async () => {
    home = await createHome({ web_max_requests_per_window: 1_000 });
    server = await startMicroclaw(home);
    const client = await setUpOperator(server);
    for (let index = 0; index < MESSAGES; index += 1)
      await client.send(`run \`echo number ${index}\``, 'long');
    await client.send('list the files here', 'main');
  });

  afterAll(async () => {
    await server?.stop();
    await home?.dispose();
  });

  afterEach(async () => {
    opened?.expectNoProblems();
    await opened?.close();
    opened = undefined;
  });

  /** A page that is signed in; what it reports is checked when the test ends. */
  async function open(options: PageOptions = {}): Promise<ConsolePage> {
    opened = await ConsolePage.open(chromium.browser, options);
    await opened.signIn(server.url);
    return opened;
  }

  it('fits a phone: chats in a drawer, the inspector as a sheet, nothing sideways', async () => {
    const operator = await open({ phone: true });
    const { page } = operator;
    await operator.answers.first().waitFor();
    await operator.expectNoSidewaysScroll();
    await operator.expectAccessible();
    await operator.screenshot('chat-phone-dark');
    await page.getByRole('button', { name: 'Chats' }).tap();
    await page.getByRole('dialog', { name: 'Chats' }).waitFor();
    await operator.expectAccessible();
    await operator.screenshot('drawer-phone-dark');
    await page.getByRole('link', { name: 'long' }).tap();
    await page.getByRole('dialog', { name: 'Chats' }).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'long', level: 1 }).waitFor();
    await operator.expectNoSidewaysScroll();
    await operator.answers.last().getByRole('button', { name: 'Details of this run' }).tap();
    await page.getByRole('dialog', { name: 'Inspector' }).waitFor();
    await operator.expectAccessible();
    const composer = await operator.composer.boundingBox();
    expect((composer?.y ?? 0) + (composer?.height ?? 0)).toBeLessThanOrEqual(844);
  });

  it('has a light appearance that stays after a reload', async () => {
    const operator = await open();
    const { page } = operator;
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: 'Light appearance' }).click();
    await page.reload();
    await operator.answers.first().waitFor();
    expect(await page.locator('html').getAttribute('data-appearance')).toBe('light');
    await operator.expectAccessible();
    await operator.screenshot('chat-desktop-light');
  });

  it('changes its theme from the palette', async () => {
    const operator = await open();
    const { page } = operator;
    await operator.answers.first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('theme');
    await page.keyboard.press('Enter');
    await page.locator('html[data-appearance="light"]').waitFor({ state: 'attached' });
  });

  it('can be worked by keyboard alone', async () => {
    const operator = await open();
    const { page } = operator;
    await operator.answers.first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('long');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'long', level: 1 }).waitFor();
    await page.getByRole('region', { name: 'Transcript' }).focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await operator.expectAccessible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.locator('textarea:focus').waitFor();
    await page.keyboard.type('g n ? stay in the text');
    expect(await operator.composer.inputValue()).toBe('g n ? stay in the text');
    await operator.composer.fill('');
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByRole('heading', { name: 'main', level: 1 }).waitFor();
  });

  it('keeps only the rows near the view in the page, loads older ones and stays where it is read', async () => {
    const operator = await open();
    const { page } = operator;
    await page.getByRole('link', { name: 'long' }).click();
    await operator.answers
      .getByText(`number ${MESSAGES - 1}`)
      .last()
      .waitFor();
    expect(await operator.answers.count()).toBeLessThan(MESSAGES / 2);
    const transcript = page.getByRole('region', { name: 'Transcript' });
    const first = page.getByText('run `echo number 0`', { exact: true });
    await expect
      .poll(
        async () => {
          await transcript.evaluate((element) => element.scrollTo({ top: 0 }));
          return await first.count();
        },
        { timeout: 15_000 },
      )
      .toBe(1);
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    await page.reload();
    await first.waitFor();
    await page.getByRole('button', { name: 'Jump to latest' }).click();
    await operator.answers
      .getByText(`number ${MESSAGES - 1}`)
      .last()
      .waitFor();
  });

  it('stands where it was read after a reload, pages away from the newest message', async () => {
    const operator = await open();
    const { page } = operator;
    await page.goto(`${server.url}/?session=long`);
    const transcript = page.getByRole('region', { name: 'Transcript' });
    const read = page.getByText('run `echo number 4`', { exact: true });
    await expect
      .poll(
        async () => {
          await transcript.evaluate((element) => element.scrollTo({ top: 0 }));
          return await page.getByText('run `echo number 0`', { exact: true }).count();
        },
        { timeout: 15_000 },
      )
      .toBe(1);
    await expect
      .poll(
        async () => {
          await transcript.evaluate((element) => element.scrollBy({ top: 40 }));
          return (await read.count()) === 1 ? (await read.boundingBox())?.y : undefined;
        },
        { timeout: 15_000 },
      )
      .toBeLessThan(300);
    const before = (await read.boundingBox())?.y ?? 0;
    await page.reload();
    await read.waitFor();
    await expect
      .poll(async () => Math.abs(((await read.boundingBox())?.y ?? 0) - before), { timeout: 15_000 })
      .toBeLessThan(4);
  });

  it('leaves a card where it is when it is opened at the end', async () => {
    const operator = await open();
    const { page } = operator;
    await page.getByRole('link', { name: 'long' }).click();
    await operator.answers
      .getByText(`number ${MESSAGES - 1}`)
      .last()
      .waitFor();
    const toggle = operator.toolCard('bash').last().getByRole('button', { expanded: false });
    const before = await toggle.boundingBox();
    await toggle.click();
    const opened = operator.toolCard('bash').last().getByRole('button', { expanded: true });
    await operator.toolCard('bash').last().getByText('Output').waitFor();
    const after = await opened.boundingBox();
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 1_000))).toBeLessThan(2);
  });

  it('takes a new height at once when no motion is wanted, so that a chat opens at its end', async () => {
    const operator = await open();
    const transcript = operator.page.getByRole('region', { name: 'Transcript' });
    await transcript.waitFor();
    const height = await transcript.evaluate((element) => {
      const content = element.firstElementChild as unknown as { readonly style: { height: string } };
      content.style.height = '9000px';
      return element.scrollHeight;
    });
    expect(height).toBe(9_000);
  });

  it('shows the health of the runtime and its reasons', async () => {
    const operator = await open();
    const { page } = operator;
    await page.getByRole('button', { name: 'Runtime healthy, show why' }).click();
    await page.getByRole('dialog', { name: 'Runtime health' }).getByText('database').waitFor();
    await operator.expectAccessible();
  });
});
