/**
 * The Settings page in a real browser against the real server: what the file says is read, changed, refused and kept.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';
import { isBrowserMissing, useChromium } from './chromium.ts';
import { ConsolePage } from './console-page.ts';

const SECRETS = ['sk-main-credential', 'sk-second-credential', 'profile-credential'];

describe.skipIf(isBrowserMissing)('the Settings page', () => {
  const chromium = useChromium();
  let home: MicroclawHome;
  let server: RunningMicroclaw;
  let operator: ConsolePage;

  beforeEach(async () => {
    home = await createHome();
    const before = await readFile(home.configPath, 'utf8');
    await writeFile(
      home.configPath,
      `# what I chose\n${before}taint_policy: ask # careful\nllm_provider: custom\nllm_base_url: http://127.0.0.1:9/v1\n` +
        `model: fake\napi_key: ${SECRETS[0]}\napi_keys: [${SECRETS[1]}, env:SECOND_KEY]\n` +
        `provider_presets: {other: {provider: openai, api_key: ${SECRETS[2]}, default_model: m}}\n` +
        'sandbox:\n  memory_limit: 512m # enough\n',
    );
    server = await startMicroclaw(home, { env: { SECOND_KEY: 'sk-from-the-environment' } });
    operator = await ConsolePage.open(chromium.browser);
    await operator.setUpOperator(server.url, server.bootstrapToken);
    await operator.page.goto(`${server.url}/?page=settings`);
    await operator.page.getByRole('heading', { level: 3, name: 'Language model' }).waitFor();
  });
  afterEach(async () => {
    await operator?.close();
    await server?.stop();
    await home?.dispose();
  });

  const field = (key: string) => operator.page.getByLabel(key, { exact: true });
  const row = (key: string) => operator.page.locator(`[id="setting-${key}"]`);
  const button = (name: string) => operator.page.getByRole('button', { name, exact: true });
  const dialog = () => operator.page.getByRole('dialog');
  const review = async () => {
    await button('Review and save').click();
    await dialog().waitFor();
  };
  const save = async () => {
    await review();
    await button('Save').click();
    await dialog().waitFor({ state: 'detached' });
  };
  const file = () => readFile(home.configPath, 'utf8');

  it('is reached by its link, finds a key, and shows it in both themes and widths', async () => {
    const { page } = operator;
    await page.goto(server.url);
    await operator.composer.waitFor();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { level: 3, name: 'Language model' }).waitFor();
    await row('taint_policy').getByText('set in file').waitFor();
    const suggested = row('llm_provider').locator('datalist option');
    expect(
      await suggested.evaluateAll((options) => options.map((option) => option.getAttribute('value'))),
    ).toEqual(expect.arrayContaining(['other', 'offline', 'anthropic', 'ollama']));
    expect(await row('max_tokens').getByText('set in file').count()).toBe(0);
    for (const theme of ['dark', 'light']) {
      await page.evaluate(`localStorage.setItem('microclaw_appearance', '${theme}')`);
      await page.reload();
      await page.getByRole('heading', { level: 3, name: 'Language model' }).waitFor();
      for (const [width, height] of [
        [1440, 900],
        [390, 844],
      ] as const) {
        await page.setViewportSize({ width, height });
        await operator.expectNoSidewaysScroll();
        await operator.expectAccessible();
        await operator.screenshot(`page-settings-${theme}-${width}`);
      }
    }
    const sections = page.getByRole('navigation', { name: 'Sections of the settings' });
    await sections.getByRole('button', { name: /^Observability/ }).click();
    await row('observability.log_level').waitFor();
    const height = (property: string) => page.evaluate<number>(`document.documentElement.${property}`);
    expect(await height('scrollHeight')).toBe(await height('clientHeight'));
    expect(await page.getByRole('textbox', { name: 'observability.log_level' }).isVisible()).toBe(true);
    await page.getByLabel('Search settings').fill('sandbox memory');
    await expect.poll(() => page.locator('[id^="setting-"]').count()).toBe(1);
    await row('sandbox.memory_limit').waitFor();
    operator.expectNoProblems();
  });

  it('changes a policy after showing what will change, and the file keeps its comments', async () => {
    await field('taint_policy').selectOption('block');
    await field('max_tokens').fill('4096');
    await field('bot_username').fill('claw');
    await row('taint_policy').getByText('changed').waitFor();
    await operator.page.keyboard.press('Control+s');
    await dialog().waitFor();
    const changes = operator.page.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    expect(await changes.allTextContents()).toEqual([
      'max_tokensat once8192→becomes4096',
      'taint_policyat onceask→becomesblock',
      'bot_usernameafter a restartnot set→becomesclaw',
    ]);
    await operator.expectAccessible();
    await operator.screenshot('settings-review');
    await button('Save').click();
    await operator.page.getByText('Saved.').waitFor();
    const after = await file();
    expect(after).toContain('taint_policy: block # careful');
    expect(after).toContain('# what I chose');
    expect(after).toContain('max_tokens: 4096');
    expect(after).toContain('memory_limit: 512m # enough');
    for (const secret of SECRETS) expect(after).toContain(secret);
    const saved = operator.page.getByRole('status', { name: 'Saved changes' });
    expect(await saved.getByText('In force now').textContent()).toMatch(/taint_policy/);
    expect(await saved.getByText('In force after a restart').textContent()).toMatch(/: bot_username$/);
    await operator.page.getByText('wait for a restart').waitFor();
    await operator.screenshot('settings-saved');
    await row('max_tokens').getByText('set in file').waitFor();
    await button('Use default of max_tokens').click();
    await save();
    expect(await file()).not.toContain('max_tokens');
    operator.expectNoProblems();
  });

  it('is worked by keyboard alone', async () => {
    const { page } = operator;
    await page.goto(server.url);
    await operator.composer.waitFor();
    await page.getByRole('button', { name: 'Menu' }).focus();
    await page.keyboard.press('g');
    await page.keyboard.press(',');
    await page.getByRole('heading', { level: 3, name: 'Language model' }).waitFor();
    const focused = () =>
      page.evaluate<string>('document.activeElement.id || document.activeElement.textContent');
    expect(await focused()).toBe('Settings');
    while ((await page.evaluate('document.activeElement.type')) !== 'search')
      await page.keyboard.press('Tab');
    await page.keyboard.type('show_thinking');
    await row('max_tokens').waitFor({ state: 'detached' });
    const target = await field('show_thinking').getAttribute('id');
    while ((await focused()) !== target) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await field('show_thinking').getAttribute('aria-checked')).toBe('true');
    await page.keyboard.press('Control+s');
    await dialog().waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Saved.').waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toContain('Saved.');
    expect(await file()).toContain('show_thinking: true');
    operator.expectNoProblems();
  });

  it('offers to try again when the server does not answer', async () => {
    const { page } = operator;
    operator.tolerateNetworkErrors();
    await page.route('**/api/config', (route) =>
      route.fulfill({ status: 403, json: { ok: false, error: 'no' } }),
    );
    await page.reload();
    await button('Try again').waitFor();
    await operator.expectAccessible();
    await page.unroute('**/api/config');
    await button('Try again').click();
    await row('model').waitFor();
    operator.expectNoProblems();
  });

  it('says beside the field what cannot be: at once what is no number, after asking what the server refuses', async () => {
    await field('web_port').fill('70000');
    await row('web_port').getByText('Must be at most 65535.').waitFor();
    expect(await button('Review and save').isDisabled()).toBe(true);
    await operator.page.keyboard.press('Control+s');
    expect(await dialog().count()).toBe(0);
    await button('Undo the change of web_port').click();
    await expect
      .poll(() => operator.page.evaluate('document.activeElement.id'))
      .toBe(await field('web_port').getAttribute('id'));
    operator.tolerateNetworkErrors();
    await field('override_timezone').fill('Nowhere/City');
    await save();
    await row('override_timezone').getByText('Invalid timezone: Nowhere/City').waitFor();
    expect(await field('override_timezone').getAttribute('aria-invalid')).toBe('true');
    expect(await field('override_timezone').inputValue()).toBe('Nowhere/City');
    await operator.expectAccessible();
    await operator.screenshot('settings-refused');
    expect(await file()).not.toContain('Nowhere');
    await field('override_timezone').fill('Europe/Berlin');
    await save();
    expect(await file()).toContain('override_timezone: Europe/Berlin');
    operator.expectNoProblems();
  });

  it('notices that somebody else changed the file, and keeps the edits over a reload of it', async () => {
    operator.tolerateNetworkErrors();
    await field('taint_policy').selectOption('block');
    await writeFile(home.configPath, (await file()).replace('model: fake', 'model: other'));
    await save();
    await operator.page.getByText('changed by somebody else').waitFor();
    await operator.page.setViewportSize({ width: 390, height: 844 });
    await operator.expectNoSidewaysScroll();
    await operator.expectAccessible();
    await operator.screenshot('settings-stale');
    expect(await file()).toContain('taint_policy: ask');
    await button('Reload, keep my changes').click();
    expect(await field('model').inputValue()).toBe('other');
    expect(await field('taint_policy').inputValue()).toBe('block');
    await save();
    const after = await file();
    expect([after.includes('taint_policy: block'), after.includes('model: other')]).toEqual([true, true]);
    operator.expectNoProblems();
  });

  it('says what is wrong with a file that was edited by hand, and shows what is in force', async () => {
    const before = await file();
    await writeFile(home.configPath, `${before}web_prot: 1\nmax_tokens: many # ${SECRETS[0]}\n`);
    await operator.page.reload();
    const problems = operator.page.getByRole('list', { name: 'Problems of the file' });
    await problems.getByText('max_tokens must be').waitFor();
    await problems.getByText('web_port').waitFor();
    expect(await field('max_tokens').inputValue()).toBe('8192');
    await operator.expectAccessible();
    await operator.page.setViewportSize({ width: 390, height: 844 });
    await operator.expectNoSidewaysScroll();
    await operator.screenshot('settings-broken-file');
    await button('Use default of max_tokens').click();
    await save();
    await problems.getByText('max_tokens').waitFor({ state: 'detached' });
    expect(await file()).not.toContain('many');
    operator.expectNoProblems();
  });

  it('takes credentials and never shows one', async () => {
    const seen: string[] = [];
    operator.page.on('response', (response) => {
      void response.text().then(
        (text) => seen.push(text),
        () => {}, // a body that the browser has let go of
      );
    });
    await operator.page.reload();
    await row('api_keys').getByText('2. env:SECOND_KEY').waitFor();
    expect(await field('api_key').getAttribute('placeholder')).toContain('set');
    await field('api_key').fill('sk-brand-new');
    await button('Remove entry 1 of api_keys').click();
    await field('api_keys').fill('sk-a-third');
    await row('api_keys').getByRole('button', { name: 'Add' }).click();
    await review();
    expect(await dialog().textContent()).not.toContain('sk-');
    await button('Save').click();
    await operator.page.getByText('Saved.').waitFor();
    const after = await file();
    expect(after).toContain('sk-brand-new');
    expect(after).toMatch(/api_keys: \[ ?env:SECOND_KEY, sk-a-third ?\]/);
    expect(after).toContain('profile-credential');
    const shown = `${await operator.page.content()}${seen.join('')}`;
    for (const secret of [...SECRETS, 'sk-from-the-environment', 'sk-brand-new', 'sk-a-third']) {
      expect(shown).not.toContain(secret);
    }
    operator.expectNoProblems();
  });

  it('leads from a warning of the self-check to the key it is about, here and from Security', async () => {
    const { page } = operator;
    await page.getByText('What to change').click();
    await operator.expectAccessible();
    await operator.screenshot('settings-self-check');
    await page.getByLabel('Search settings').fill('something else');
    await page
      .getByRole('list', { name: 'Warnings' })
      .getByRole('link', { name: 'egress_policy.mode' })
      .click();
    await expect
      .poll(() => page.evaluate('document.activeElement.id'))
      .toBe(await field('egress_policy.mode').getAttribute('id'));
    expect(new URL(page.url()).search).toBe('?page=settings&key=egress_policy.mode');
    await page.getByRole('main').getByRole('link', { name: 'Security' }).click();
    await page.getByRole('list', { name: 'Warnings' }).getByRole('link', { name: 'sandbox.mode' }).click();
    await expect
      .poll(() => page.evaluate('document.activeElement.id'))
      .toBe(await field('sandbox.mode').getAttribute('id'));
    operator.expectNoProblems();
  });

  it('is where a model is connected', async () => {
    const { page } = operator;
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menuitem', { name: 'Connect a model' }).click();
    await dialog().getByRole('link', { name: 'llm_provider' }).click();
    await dialog().waitFor({ state: 'detached' });
    await expect
      .poll(() => page.evaluate('document.activeElement.id'))
      .toBe(await field('llm_provider').getAttribute('id'));
    operator.expectNoProblems();
  });

  it('edits nested values entry by entry, and keeps the credentials in them', async () => {
    const { page } = operator;
    await page.getByLabel('other default_model', { exact: true }).fill('better');
    await page.getByLabel('provider_presets', { exact: true }).fill('home');
    await button('Add an entry to provider_presets').click();
    await page.getByLabel('home provider', { exact: true }).fill('ollama');
    await page.getByLabel('home api_key', { exact: true }).fill('sk-of-the-home');
    await button('Add an entry to model_prices').click();
    await page.getByLabel('1. model', { exact: true }).fill('better');
    await page.getByLabel('1. input_per_million_usd', { exact: true }).fill('-1');
    await row('model_prices').getByText('must be at least 0').waitFor();
    await page.getByLabel('1. input_per_million_usd', { exact: true }).fill('0.5');
    await page.getByLabel('1. output_per_million_usd', { exact: true }).fill('2');
    await operator.expectAccessible();
    await row('provider_presets').scrollIntoViewIfNeeded();
    await operator.screenshot('settings-entries');
    await review();
    expect(await dialog().textContent()).not.toContain('sk-of');
    await dialog().getByText('other.default_model').waitFor();
    await dialog().getByText('home.provider').waitFor();
    await operator.expectAccessible();
    await operator.screenshot('settings-entries-review');
    await button('Save').click();
    await page.getByText('Saved.').waitFor();
    const after = await file();
    for (const text of [SECRETS[2] ?? '', 'sk-of-the-home', 'default_model: better', 'provider: ollama']) {
      expect(after).toContain(text);
    }
    expect(after).toMatch(/model_prices:\n +- model: better\n +input_per_million_usd: 0\.5/);
    await button('Remove home from provider_presets').click();
    await button('Clear other api_key').click();
    await button('Edit as JSON: provider_presets').click();
    expect(JSON.parse(await field('provider_presets').inputValue())).toMatchObject({
      other: { api_key: null },
    });
    await save();
    expect(await file()).not.toMatch(/sk-of-the-home|profile-credential/);
    operator.expectNoProblems();
  });

  it('keeps the credential of a profile that is renamed, and says so when it cannot', async () => {
    await button('Edit as JSON: provider_presets').click();
    const json = field('provider_presets');
    const presets = JSON.parse(await json.inputValue()) as { readonly other: Record<string, unknown> };
    await json.fill(JSON.stringify({ mine: { ...presets.other, default_model: 'n' } }));
    await review();
    await button('Save').click();
    await row('provider_presets').getByText('is new and has a masked value').waitFor();
    expect(await file()).toContain(SECRETS[2]);
    await json.fill(JSON.stringify({ mine: presets.other }));
    await save();
    await operator.page.getByText('Saved.').waitFor();
    expect(await file()).toMatch(/mine:[^}]*profile-credential/);
  });

  it('shows the name of the key that a link is about, however tall its row is', async () => {
    await operator.page.setViewportSize({ width: 1024, height: 700 });
    await operator.page.goto(`${server.url}/?page=settings&key=provider_presets`);
    const name = row('provider_presets').getByText('provider_presets', { exact: true }).first();
    await expect.poll(async () => (await name.boundingBox())?.y ?? 0).toBeGreaterThan(90);
    expect((await name.boundingBox())?.y).toBeLessThan(350);
    expect((await operator.page.getByLabel('Search settings').boundingBox())?.y).toBeLessThan(80);
  });

  it('asks before unsaved changes are lost, by link and by the way back', async () => {
    const { page } = operator;
    const links = page.getByRole('navigation', { name: 'Pages' });
    await links.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('heading', { level: 2, name: 'Audit' }).waitFor();
    await links.getByRole('link', { name: 'Settings' }).click();
    await field('taint_policy').selectOption('off');
    await links.getByRole('link', { name: 'Hooks' }).click();
    await dialog().getByText('Leave without saving?').waitFor();
    await button('Stay').click();
    await page.goBack();
    await dialog().getByText('Leave without saving?').waitFor();
    expect(await field('taint_policy').inputValue()).toBe('off');
    await button('Leave').click();
    await page.getByRole('heading', { level: 2, name: 'Audit' }).waitFor();
    expect(new URL(page.url()).search).toBe('?page=audit');
    operator.expectNoProblems();
  });

  it('lets a caller look who may not change', async () => {
    const key = await operator.issueKey(server.url, ['operator.read']);
    const visitor = await ConsolePage.open(chromium.browser);
    await visitor.page.setExtraHTTPHeaders({ authorization: `Bearer ${key}` });
    await visitor.page.goto(`${server.url}/?page=settings`);
    await visitor.page.getByText('You may look and not change').waitFor();
    expect(await visitor.page.getByLabel('taint_policy', { exact: true }).isDisabled()).toBe(true);
    expect(await visitor.page.getByLabel('taint_policy', { exact: true }).inputValue()).toBe('ask');
    expect(await visitor.page.getByRole('button', { name: /^Use the default/ }).count()).toBe(0);
    await visitor.expectAccessible();
    await visitor.screenshot('settings-read-only');
    await visitor.close();
  });
});
