/** The console on another machine of the home network: plain HTTP, where browsers hide what they call secure. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';

const HOST = 'console.test';

describe.skipIf(isBrowserMissing)('over plain HTTP by the name of the machine', () => {
  const chromium = useChromium([`--host-resolver-rules=MAP ${HOST} 127.0.0.1`]);
  let home: MicroclawHome;
  let server: RunningMicroclaw;
  let operator: ConsolePage;

  beforeAll(async () => {
    home = await createHome({ web_allowed_hosts: [HOST] });
    server = await startMicroclaw(home);
    operator = await ConsolePage.open(chromium.browser);
    const url = server.url.replace('127.0.0.1', HOST);
    await operator.setUpOperator(url, server.bootstrapToken);
  });
  afterAll(async () => {
    await server?.stop();
    await home?.dispose();
  });

  it('a message is sent and its answer copied', async () => {
    const errors: unknown[] = [];
    operator.page.on('pageerror', (error) => errors.push(error));
    expect(await operator.page.evaluate('isSecureContext')).toBe(false);
    const answer = await operator.ask('list the files here');
    const copy = answer.getByRole('button', { name: 'Copy answer' });
    await copy.click();
    await answer.getByRole('button', { name: 'Copied' }).waitFor();
    await operator.composer.focus();
    await operator.page.keyboard.press('Control+v');
    expect(await operator.composer.inputValue()).not.toBe('');
    expect(errors).toEqual([]); // the browser itself warns about headers that need HTTPS
  });
});
