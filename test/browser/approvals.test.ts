/** Calls that wait for a person, in the chat: shown whole, answered with a button, from elsewhere, after a reload. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reply } from '../support/fake-model/reply.ts';
import { ServedModel } from '../support/served-model.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';

describe.skipIf(isBrowserMissing)('a call that waits for approval', () => {
  const chromium = useChromium();
  let served: ServedModel;
  let operator: ConsolePage;

  beforeEach(async () => {
    served = await ServedModel.start({ high_risk_tool_user_confirmation_required: true });
    operator = await ConsolePage.open(chromium.browser);
    await operator.setUpOperator(served.server.url, served.server.bootstrapToken);
    const command = `printf 'it %s\\n' ran # ${'a long command is shown whole, '.repeat(20)}end`;
    served.model.enqueue(reply.toolCalls([{ name: 'bash', input: { command } }]), reply.text('finished'));
    await operator.send('go');
    await question().waitFor();
  });
  afterEach(async () => {
    await operator?.close();
    await served?.stop();
  });

  const question = (shown = operator) => shown.page.getByRole('region', { name: 'Approval of bash' });
  const press = (name: string, shown = operator) => question(shown).getByRole('button', { name }).click();
  const toolResult = () => served.model.requests.at(-1)?.toolResults.at(-1) ?? '';

  it('is shown whole, with its directory, on desktop and phone, and runs when approved', async () => {
    const text = (await question().textContent()) ?? '';
    expect(text).toContain('is shown whole, end');
    expect(text).toContain(served.home.dir);
    expect(text).toContain(
      '“Always here” also lets later calls of bash in this chat run unasked, except dangerous ones.',
    );
    expect(text).toMatch(/Without an answer it is denied at \d/);
    await expect.poll(() => operator.page.title(), { timeout: 15_000 }).toMatch(/^\(1\) Approve: /);
    await operator.screenshot('approval-desktop-dark');
    await operator.expectAccessible();
    await operator.page.setViewportSize({ width: 390, height: 844 });
    await operator.expectNoSidewaysScroll();
    await operator.screenshot('approval-phone-dark');
    await operator.page.setViewportSize({ width: 1440, height: 900 });
    await press('Approve once');
    await operator.answers.getByText('finished').waitFor();
    expect(toolResult()).toContain('it ran');
    expect(await question().count()).toBe(0);
    operator.expectNoProblems();
  });

  it('is not run when denied, and the model is told', async () => {
    await press('Deny');
    await operator.answers.getByText('finished').waitFor();
    expect(toolResult()).not.toContain('it ran');
    expect(toolResult()).toContain('denied');
    operator.expectNoProblems();
  });

  it('is asked about again after a reload, and in another window, and goes everywhere when it is answered', async () => {
    await operator.page.reload();
    await question().waitFor();
    const other = await ConsolePage.open(chromium.browser);
    await other.signIn(served.server.url);
    await question(other).waitFor();
    await press('Always here', other);
    await operator.answers.getByText('finished').waitFor();
    await question().waitFor({ state: 'detached' });
    served.model.enqueue(
      reply.toolCalls([{ name: 'bash', input: { command: 'echo again' } }]),
      reply.text('once more'),
    );
    await operator.send('and again');
    await operator.answers.getByText('once more').waitFor();
    expect(toolResult()).toContain('again');
    await other.close();
    operator.expectNoProblems();
  });

  it('waits over a restart of the server', async () => {
    await served.restart();
    const again = await ConsolePage.open(chromium.browser);
    await again.signIn(served.server.url);
    await question(again).waitFor();
    await press('Approve once', again);
    await again.answers.getByText('finished').waitFor();
    expect(toolResult()).toContain('it ran');
    await again.close();
  });
});
