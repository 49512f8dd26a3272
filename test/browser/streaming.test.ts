/** Answers while they arrive: streaming, reload, stop, lost connections, restarts. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reply } from '../support/fake-model/reply.ts';
import { ServedModel } from '../support/served-model.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';
import { type CuttableProxy, startCuttableProxy } from './cuttable-proxy.ts';

const WORDS = Array.from({ length: 150 }, (_, index) => `word${index}`);
const LONG_TEXT = `${WORDS.join(' ')}.`;

/** An answer that takes some seconds: time to do something to it. */
const slowAnswer = reply.text(LONG_TEXT).with({ gapMs: 20, deltaLength: 8 });

describe.skipIf(isBrowserMissing)('streaming', () => {
  const chromium = useChromium();
  let served: ServedModel;
  let proxy: CuttableProxy;
  let operator: ConsolePage;

  beforeEach(async () => {
    served = await ServedModel.start();
    proxy = await startCuttableProxy(served.server.url);
    operator = await ConsolePage.open(chromium.browser);
    await operator.setUpOperator(proxy.url, served.server.bootstrapToken);
  });

  afterEach(async () => {
    await operator?.close();
    await proxy?.stop();
    await served?.stop();
  });

  /** The answer's words in the order shown; tells lost and doubled text apart. */
  async function shownWords(shown = operator): Promise<readonly string[]> {
    const text = await shown.answers.first().textContent();
    return (text ?? '').match(/word\d+/g) ?? [];
  }

  const untilStreaming = () =>
    expect.poll(async () => (await shownWords()).length, { timeout: 15_000 }).toBeGreaterThan(5);

  it('shows text as it arrives, then what it took, and in the inspector why', async () => {
    served.model.enqueue(
      reply.thinking('let me think', 'ignored').with({ text: LONG_TEXT, gapMs: 20, deltaLength: 8 }),
    );
    await operator.send('go');
    await untilStreaming();
    expect((await shownWords()).length).toBeLessThan(WORDS.length);
    await operator.stopButton.waitFor();
    await operator.screenshot('streaming-desktop-dark');
    const answer = operator.finishedAnswers().first();
    await answer.waitFor();
    expect(await shownWords()).toEqual(WORDS);
    await answer.getByText('fake-large').waitFor();
    await answer.getByRole('button', { name: 'Details of this run' }).click();
    const inspector = operator.page.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByText('Tokens in').waitFor();
    expect(operator.page.url()).toContain('run=');
    await operator.expectAccessible();
    operator.expectNoProblems();
  });

  it('goes on after a reload in mid-stream, losing and doubling nothing', async () => {
    served.model.enqueue(slowAnswer);
    await operator.send('go');
    await untilStreaming();
    await operator.page.reload();
    await untilStreaming();
    await operator.finishedAnswers().first().waitFor();
    expect(await shownWords()).toEqual(WORDS);
    expect(await operator.answers.count()).toBe(1);
    expect(served.model.requestCount).toBe(1);
    operator.expectNoProblems();
  });

  it('goes on in another window that knows nothing of the run', async () => {
    served.model.enqueue(slowAnswer);
    await operator.send('go');
    await untilStreaming();
    const other = await ConsolePage.open(chromium.browser);
    await other.signIn(served.server.url);
    await other.answers.getByText('word3', { exact: false }).first().waitFor();
    await other.finishedAnswers().first().waitFor();
    expect(await shownWords(other)).toEqual(WORDS);
    other.expectNoProblems();
    await other.close();
  });

  it('stops with the button and with Esc, and keeps what was said', async () => {
    for (const stop of [() => operator.stopButton.click(), () => operator.page.keyboard.press('Escape')]) {
      const before = await operator.finishedAnswers().count();
      served.model.enqueue(slowAnswer);
      await operator.send('go');
      await operator.answers.nth(before).getByText('word5', { exact: false }).waitFor();
      await stop();
      const answer = operator.finishedAnswers().nth(before);
      await answer.getByText('Stopped.').waitFor();
      await operator.stopButton.waitFor({ state: 'detached' });
      expect(await answer.textContent()).toContain('word5');
      expect(await answer.textContent()).not.toContain('word149');
    }
    await operator.page.reload();
    await operator.answers.getByText('Stopped.').last().waitFor();
    const stored = await operator.answers.allTextContents();
    expect(stored.map((text) => [text.includes('Stopped.'), text.includes('aborted')])).toEqual([
      [true, false],
      [true, false],
    ]);
    operator.expectNoProblems();
  });

  it('shows why a run failed, with what to do, also after a reload', async () => {
    operator.tolerateNetworkErrors();
    served.model.enqueue(reply.status(401));
    await operator.send('go');
    const failure = operator.answers.getByText('MC_LLM_', { exact: false });
    await failure.waitFor();
    const shown = await operator.answers.getByRole('alert').textContent();
    await operator.page.reload();
    await failure.waitFor();
    expect(await operator.answers.getByRole('alert').textContent()).toBe(shown);
    expect(await operator.answers.getByText('Error:').count()).toBe(0);
  });

  it('reconnects after a lost connection with a quiet banner, losing and doubling nothing', async () => {
    operator.tolerateNetworkErrors();
    served.model.enqueue(slowAnswer);
    await operator.send('go');
    await untilStreaming();
    proxy.cut();
    await operator.page.getByText('Connection lost', { exact: false }).waitFor();
    proxy.restore();
    await operator.finishedAnswers().first().waitFor();
    expect(await shownWords()).toEqual(WORDS);
    await operator.page.getByText('Connection lost', { exact: false }).waitFor({ state: 'detached' });
    operator.expectNoProblems();
  });

  it('keeps a message typed while offline and sends it once', async () => {
    operator.tolerateNetworkErrors();
    served.model.enqueue(reply.text('first'), reply.text('got it'));
    await operator.ask('hello');
    proxy.cut();
    await operator.send('typed offline');
    await operator.page.getByText('Kept; it is sent as soon as', { exact: false }).waitFor();
    proxy.restore();
    await operator.page.getByRole('button', { name: 'Try now' }).first().click();
    await operator.answers.getByText('got it').waitFor();
    await operator.page.reload();
    await operator.answers.getByText('got it').waitFor();
    expect(await operator.page.getByText('typed offline').count()).toBe(1);
    expect(
      served.model.requests.filter((request) => request.lastUserText.includes('typed offline')),
    ).toHaveLength(1);
    operator.expectNoProblems();
  });

  it('starts one run when the answer to a send is lost and the page reloaded before it tried again', async () => {
    operator.tolerateNetworkErrors();
    served.model.enqueue(reply.text('only once'));
    let sends = 0;
    await operator.page.route('**/api/send_stream', async (route) => {
      sends += 1;
      if (sends > 1) return route.continue();
      await route.fetch(); // the server accepts the message
      return route.abort('connectionreset');
    });
    await operator.send('hello');
    await operator.page.getByText('Kept; it is sent as soon as', { exact: false }).waitFor();
    await operator.page.reload();
    await operator.answers.getByText('only once').waitFor();
    await expect.poll(() => sends).toBe(2);
    await operator.page.getByText('Kept; it is sent', { exact: false }).waitFor({ state: 'detached' });
    expect(await operator.page.getByRole('article', { name: 'Your message' }).count()).toBe(1);
    expect(served.model.requestCount).toBe(1);
    operator.expectNoProblems();
  });

  it('gives a message typed while a tool runs to the running answer', async () => {
    served.model.enqueue(
      reply.toolCalls([
        { name: 'bash', input: { command: 'for i in 1 2 3 4 5; do echo line $i; sleep 0.4; done' } },
      ]),
      reply.text('both are answered'),
    );
    await operator.send('start');
    await operator.toolCard('bash').getByText('line 1', { exact: false }).waitFor();
    await operator.screenshot('tool-desktop-dark');
    await operator.send('and this too');
    await operator.answers.getByText('both are answered').waitFor();
    await operator.page.getByText('Read by the answer above', { exact: false }).waitFor();
    await operator.page.getByText('Your message was read here').waitFor();
    expect(served.model.requestCount).toBe(2);
    operator.expectNoProblems();
  });

  it('follows a run over a crash and restart of the server', async () => {
    operator.tolerateNetworkErrors();
    served.model.enqueue(slowAnswer, reply.text('after the restart'));
    await operator.send('go');
    await untilStreaming();
    proxy.cut();
    await served.server.kill();
    await served.restart();
    proxy.restore(served.server.url);
    await operator.answers.getByText('after the restart').waitFor();
    await operator.finishedAnswers().first().waitFor();
    expect(await operator.answers.count()).toBe(1);
    expect(await shownWords()).toEqual([]);
    operator.expectNoProblems();
  });

  it('shows a refusal of the provider with what to do', async () => {
    served.model.enqueue(reply.status(401, { body: { error: { message: 'invalid key' } } }));
    await operator.send('go');
    const alert = operator.page.getByRole('alert');
    await alert.getByText('MC_LLM', { exact: false }).waitFor();
    await operator.expectAccessible();
    operator.expectNoProblems();
  });
});
