/** The console as a new operator meets it: no key, no configuration, the offline provider. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';

describe.skipIf(isBrowserMissing)('first visit', () => {
  const chromium = useChromium();
  let home: MicroclawHome;
  let server: RunningMicroclaw;
  let operator: ConsolePage;

  beforeAll(async () => {
    home = await createHome();
    server = await startMicroclaw(home);
    operator = await ConsolePage.open(chromium.browser);
  });

  afterAll(async () => {
    await server?.stop();
    await home?.dispose();
  });

  it('opens the printed link, refuses a short password and takes the token out of the address', async () => {
    const { page } = operator;
    await page.goto(`${server.url}/#bootstrap=${server.bootstrapToken}`);
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByLabel('Password again').fill('short');
    await page.getByRole('button', { name: 'Set password and sign in' }).click();
    await page.getByText('Use at least 8 characters.').waitFor();
    await operator.expectAccessible();
    await operator.setUpOperator(server.url, server.bootstrapToken);
    expect(page.url()).not.toContain('bootstrap');
  });

  it('says what is ready, that no language model answers, and how to connect one', async () => {
    const { page } = operator;
    await page.getByText('Operator password set').waitFor();
    await page.getByText('No language model yet').waitFor();
    const setup = page.getByRole('region', { name: 'Setup' });
    await setup.getByText('Commands run without a sandbox').waitFor();
    await operator.expectAccessible();
    await operator.screenshot('empty-desktop-dark');
    await page.getByRole('button', { name: 'Connect a model' }).click();
    await page.getByText('ANTHROPIC_API_KEY', { exact: false }).first().waitFor();
    await operator.expectAccessible();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await setup.getByRole('button', { name: 'Set up' }).click();
    await page.locator('[id="setting-sandbox.mode"]').waitFor();
    await page.goBack();
    await setup.waitFor();
  });

  it('answers the three example prompts with a tool card each', async () => {
    const { page } = operator;
    await page.getByRole('button', { name: 'list the files here' }).click();
    await operator.finishedAnswers().first().waitFor();
    await operator.toolCard('glob').waitFor();

    await operator.ask('remember that my cat is called Miso');
    await operator.toolCard('write_memory').waitFor();

    const answer = await operator.ask('run `uname -a`');
    await answer.locator('[data-tool-card="bash"]').getByRole('button').click();
    await answer.locator('pre', { hasText: 'Linux' }).first().waitFor();
    await page.getByText('No language model is connected', { exact: false }).waitFor();
    await operator.expectAccessible();
    await operator.screenshot('offline-desktop-dark');
  });

  it('shows the same transcript, with its cards open as they were, after a reload', async () => {
    const { page } = operator;
    await page.reload();
    await operator.toolCard('glob').waitFor();
    await operator.toolCard('write_memory').waitFor();
    const bash = operator.toolCard('bash').getByRole('button', { expanded: true });
    await bash.waitFor();
    expect(await operator.answers.count()).toBe(3);
  });

  it('shows a failed command with its reason and what to do', async () => {
    const answer = await operator.ask('run `ls /does-not-exist`');
    const card = answer.locator('[data-tool-card="bash"]');
    await card.getByRole('img', { name: 'failed' }).or(card.getByLabel('failed')).waitFor();
    await card.getByRole('button').first().click();
    await card.getByText('The command ended with an error code', { exact: false }).waitFor();
    await operator.expectAccessible();
  });

  it('shows a chat command and its answer, also after a reload', async () => {
    const { page } = operator;
    await operator.composer.fill('/he');
    await page.getByRole('option', { name: '/help' }).waitFor();
    await operator.composer.fill('');
    const answer = await operator.ask('/help');
    await answer.getByText('/usage').waitFor();
    await operator.ask('list the files here');
    await page.reload();
    const own = page.getByRole('article', { name: 'Your message' });
    await own.last().getByText('list the files here').waitFor();
    expect(await own.allInnerTexts()).toContainEqual(expect.stringContaining('/help'));
  });

  it('keeps the draft and brings the last message back with ↑', async () => {
    const { page } = operator;
    await operator.composer.fill('half a thought');
    await page.reload();
    await expect.poll(() => operator.composer.inputValue()).toBe('half a thought');
    await operator.composer.fill('');
    await operator.answers.last().waitFor();
    await operator.composer.press('ArrowUp');
    expect(await operator.composer.inputValue()).toBe('list the files here');
    await operator.composer.fill('');
  });

  it('asks with the name of the chat before it is deleted', async () => {
    const { page } = operator;
    await page
      .getByRole('navigation', { name: 'Chats' })
      .getByRole('link', { name: 'main' })
      .click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete “main”?' });
    await dialog.waitFor();
    await operator.expectAccessible();
    await dialog.getByRole('button', { name: 'Delete chat' }).click();
    await page.getByText('No chats yet').waitFor();
    await page.getByText('Try one of these').waitFor();
  });

  it('signs out and in again, and explains a wrong password', async () => {
    const { page } = operator;
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    operator.expectNoProblems();
    operator.tolerateNetworkErrors(); // the browser reports the 401 below
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('microclaw web password-generate').waitFor();
    await operator.expectAccessible();
    await operator.signIn(server.url);
    operator.expectNoProblems();
  });
});
