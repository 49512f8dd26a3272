/**
 * The operator's pages in a real browser: reached by links, keys and address, used by clicking, in both themes and
 * widths.
 */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/api-client.ts';
import { reply } from '../support/fake-model/reply.ts';
import { writeHook } from '../support/hook-fixture.ts';
import { ServedModel } from '../support/served-model.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';

describe.skipIf(isBrowserMissing)('the pages of the operator', () => {
  const chromium = useChromium();
  let served: ServedModel;
  let operator: ConsolePage;

  beforeEach(async () => {
    served = await ServedModel.start({ high_risk_tool_user_confirmation_required: true }, (home) =>
      writeHook(join(home.dataDir, 'hooks'), 'guard', { events: ['BeforeToolCall'], command: 'true' }),
    );
    operator = await ConsolePage.open(chromium.browser);
    await operator.setUpOperator(served.server.url, served.server.bootstrapToken);
  });
  afterEach(async () => {
    await operator?.close();
    await served?.stop();
  });

  const heading = (name: string) => operator.page.getByRole('heading', { level: 2, name });
  const button = (name: string) => operator.page.getByRole('button', { name, exact: true });
  const openPage = async (name: string) => {
    await operator.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
    await heading(name).waitFor();
  };
  const row = (list: string, text: string) =>
    operator.page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: text });

  /** Looks at the page as a person would: both widths, both themes, no sideways scroll, nothing axe finds grave. */
  async function look(title: string): Promise<void> {
    for (const theme of ['dark', 'light']) {
      await operator.page.evaluate(`localStorage.setItem('microclaw_appearance', '${theme}')`);
      await operator.page.reload();
      await heading(title).waitFor();
      for (const [width, height] of [
        [1440, 900],
        [390, 844],
      ] as const) {
        await operator.page.setViewportSize({ width, height });
        await operator.expectNoSidewaysScroll();
        await operator.expectAccessible();
        await operator.screenshot(`page-${title.toLowerCase()}-${theme}-${width}`);
      }
    }
    await operator.page.setViewportSize({ width: 1440, height: 900 });
  }

  it('are reached by link, key and address, and left by the way back', async () => {
    await openPage('Audit');
    expect(await operator.page.title()).toBe('Audit · microclaw');
    expect(await operator.page.evaluate('document.activeElement.textContent')).toBe('Audit');
    await operator.page.keyboard.press('g');
    await operator.page.keyboard.press('h');
    await heading('Hooks').waitFor();
    await operator.page.reload();
    await heading('Hooks').waitFor();
    await operator.page.goBack();
    await heading('Audit').waitFor();
    await operator.page.goBack();
    await operator.composer.waitFor();
    await operator.page.setViewportSize({ width: 390, height: 844 });
    await button('Chats').click();
    await openPage('Security');
    expect(await operator.page.getByRole('dialog').count()).toBe(0);
    operator.expectNoProblems();
  });

  it('Policy explains the call that a refused card leads to, by keyboard too', async () => {
    served.model.enqueue(
      reply.toolCalls([{ name: 'read_file', input: { path: '../../secret.txt' } }]),
      reply.text('finished'),
    );
    await operator.send('go');
    const card = operator.page.getByRole('button', { name: /read_file/ }).first();
    await operator.page.getByText('finished').first().waitFor();
    await card.click();
    await operator.page.getByRole('link', { name: 'Why?' }).click();
    await heading('Policy').waitFor();
    expect(await operator.page.getByLabel('Tool', { exact: true }).inputValue()).toBe('read_file');
    expect(await operator.page.getByLabel('Chat', { exact: true }).inputValue()).toBe('main');
    const input = operator.page.getByLabel('Input', { exact: true });
    await input.fill('not json');
    await operator.page.getByText('It is not JSON.').waitFor();
    expect(await button('Explain').isDisabled()).toBe(true);
    await input.fill('{"path":"../../secret.txt"}');
    await button('Explain').focus();
    await operator.page.keyboard.press('Enter');
    await operator.page.getByText('The call is refused.').waitFor();
    await row('Steps', 'path_guard.outside').waitFor();
    await operator.expectAccessible();
    await operator.screenshot('page-policy-explained');
    // The rule is changed where it is explained, and the explanation follows at once.
    await operator.page.getByLabel('tool_policy.mode', { exact: true }).selectOption('block');
    await operator.page.getByLabel('tool_policy.deny_tools', { exact: true }).fill('read_file');
    await button('Review and save').click();
    await operator.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await operator.page.getByText('In force now:').waitFor();
    await button('Explain').click();
    await row('Steps', 'tool_policy.deny_tools').waitFor();
    await look('Policy');
    operator.expectNoProblems();
  });

  it('Approvals shows what waits, takes the answer, and takes a standing approval back', async () => {
    served.model.enqueue(
      reply.toolCalls([{ name: 'bash', input: { command: 'printf "%s" it-ran' } }]),
      reply.text('finished'),
    );
    await operator.send('go');
    await operator.page.getByRole('region', { name: 'Approval of bash' }).waitFor();
    await openPage('Approvals');
    const question = operator.page.getByRole('region', { name: 'Approval of bash' });
    await question.getByText('printf "%s" it-ran').waitFor();
    await look('Approvals');
    await question.getByRole('button', { name: 'Always here' }).click();
    await operator.page.getByText('Nothing waits').waitFor();
    await row('Decided approvals', 'printf').getByText('approved').waitFor();
    await row('Standing approvals', 'bash').getByRole('button', { name: 'Take back' }).click();
    await operator.page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await row('Standing approvals', 'bash').waitFor({ state: 'detached' });
    await expect.poll(() => served.model.requests.at(-1)?.toolResults.at(-1) ?? '').toContain('it-ran');
    operator.expectNoProblems();
  });

  it('Security shows the self-check, makes and revokes a key, and signs another browser out', async () => {
    const other = await ConsolePage.open(chromium.browser);
    await other.signIn(served.server.url);
    await openPage('Security');
    await button('New key').click();
    await operator.page.getByLabel('Label').fill('dashboard');
    await button('Create key').click();
    const secret =
      (await operator.page.locator('code', { hasText: /^mk_[0-9a-f]{32}$/ }).textContent()) ?? '';
    const read = () =>
      fetch(`${served.server.url}/api/sessions`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await read()).status).toBe(200);
    await button('Done').click();
    await look('Security');
    await button('Revoke dashboard').click();
    await button('Revoke key').click();
    await row('API keys', 'dashboard').waitFor({ state: 'detached' });
    expect((await read()).status).toBe(401);
    other.tolerateNetworkErrors();
    await operator.page.getByRole('button', { name: /^Sign out web console/ }).click();
    await operator.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await operator.page.getByRole('button', { name: /^Sign out web console/ }).waitFor({ state: 'detached' });
    await other.page.reload();
    await other.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await other.close();
    operator.expectNoProblems();
  });

  it('Security changes the password', async () => {
    await openPage('Security');
    await button('Change password').click();
    await operator.page.getByLabel('New password', { exact: true }).fill('another good password');
    await operator.page.getByLabel('New password again').fill('another good password');
    await operator.page.getByRole('dialog').getByRole('button', { name: 'Change password' }).click();
    await operator.page.getByRole('dialog').waitFor({ state: 'detached' });
    const login = (password: string) =>
      fetch(`${served.server.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ password }),
      });
    expect((await login(PASSWORD)).status).toBe(401);
    expect((await login('another good password')).status).toBe(200);
    operator.expectNoProblems();
  });

  it('Hooks switches a hook off and on', async () => {
    await openPage('Hooks');
    await row('Hooks', 'guard').getByText('on', { exact: true }).waitFor();
    await look('Hooks');
    await button('Switch off guard').click();
    await button('Switch on guard').waitFor();
    await row('Hooks', 'guard').getByText('off', { exact: true }).waitFor();
    await button('Switch on guard').click();
    await button('Switch off guard').waitFor();
    operator.expectNoProblems();
  });

  it('Audit shows the state of the chain and the entries of one kind, page by page', async () => {
    await openPage('Audit');
    await operator.page.getByText(/The chain is intact: \d+ entr/).waitFor();
    await look('Audit');
    const cookies = await operator.page.context().cookies();
    const csrf = cookies.find(({ name }) => name === 'mc_csrf')?.value ?? '';
    for (let index = 0; index < 60; index += 1) {
      const verb = index % 2 === 0 ? 'disable' : 'enable';
      const answer = await operator.page.request.post(`${served.server.url}/api/hooks/guard/${verb}`, {
        headers: { 'x-csrf-token': csrf, origin: served.server.url },
        data: {},
      });
      expect(answer.status()).toBe(200);
    }
    await operator.page.getByLabel('Kind').selectOption('operator');
    const entries = operator.page.getByRole('list', { name: 'Audit entries' }).getByRole('listitem');
    await expect.poll(() => entries.count()).toBe(50);
    await button('Older entries').click();
    await expect.poll(() => entries.count()).toBeGreaterThan(59);
    expect(await entries.filter({ hasNotText: 'operator ·' }).count()).toBe(0);
    operator.expectNoProblems();
  });
});
