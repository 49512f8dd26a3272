/** What an operator does with the console, as steps for tests. */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { PASSWORD } from '../support/api-client.ts';

/** Pictures of the last run, for people to look at. */
const SCREENSHOTS = resolve(import.meta.dirname, '../../test-results/console');

/** Without motion a colour is what it will be when it is measured. */
const SETTLED = { reducedMotion: 'reduce' } as const;

export interface PageOptions {
  readonly phone?: boolean;
  readonly light?: boolean;
}

export class ConsolePage {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #problems: string[] = [];
  #toleratesNetwork = false;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on('pageerror', (error) => this.#problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      const isNetwork = message.text().startsWith('Failed to load resource');
      if (!(isNetwork && this.#toleratesNetwork)) this.#problems.push(message.text());
    });
  }

  static async open(browser: Browser, options: PageOptions = {}): Promise<ConsolePage> {
    const context = await browser.newContext(
      options.phone
        ? {
            ...SETTLED,
            viewport: { width: 390, height: 844 },
            deviceScaleFactor: 2,
            isMobile: true,
            hasTouch: true,
          }
        : { ...SETTLED, viewport: { width: 1280, height: 800 } },
    );
    if (options.light) await context.addInitScript("localStorage.setItem('microclaw_appearance', 'light')");
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    return new ConsolePage(context, page);
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  get answers(): Locator {
    return this.page.getByRole('article', { name: 'Answer' });
  }

  get stopButton(): Locator {
    return this.page.getByRole('button', { name: 'Stop' });
  }

  toolCard(name: string): Locator {
    return this.page.locator(`[data-tool-card="${name}"]`);
  }

  /** From here on the test breaks the network: the browser's own messages about that are no fault. */
  tolerateNetworkErrors(): void {
    this.#toleratesNetwork = true;
  }

  /** Opens the printed link, sets the password and waits for the console. */
  async setUpOperator(url: string, bootstrapToken: string | undefined): Promise<void> {
    await this.page.goto(`${url}/#bootstrap=${bootstrapToken}`);
    await this.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await this.page.getByLabel('Password again').fill(PASSWORD);
    await this.page.getByRole('button', { name: 'Set password and sign in' }).click();
    await this.composer.waitFor();
  }

  async signIn(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.getByLabel('Password').fill(PASSWORD);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.composer.waitFor();
  }

  /** A new API key, made with the login of this page. */
  async issueKey(url: string, scopes: readonly string[]): Promise<string> {
    const cookies = await this.#context.cookies();
    const csrf = cookies.find(({ name }) => name === 'mc_csrf')?.value ?? '';
    const answer = await this.page.request.post(`${url}/api/auth/api_keys`, {
      headers: { 'x-csrf-token': csrf, origin: url },
      data: { label: 'test', scopes },
    });
    const body = (await answer.json()) as { readonly api_key: string };
    return body.api_key;
  }

  /** Sends without waiting for the answer. */
  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.page.getByRole('button', { name: 'Send' }).click();
  }

  /** Sends and returns the article of the finished answer. */
  async ask(text: string): Promise<Locator> {
    const before = await this.#newestRunId();
    await this.send(text);
    await expect.poll(() => this.#newestRunId(), { timeout: 15_000 }).not.toBe(before);
    const answer = this.page.locator(`[data-run="${await this.#newestRunId()}"]`);
    await answer.getByRole('button', { name: 'Details of this run' }).waitFor();
    return answer;
  }

  /** Of the last answer in the page; rows far from the view are not in it. */
  async #newestRunId(): Promise<string | null> {
    const isEmpty = (await this.answers.count()) === 0;
    return isEmpty ? null : this.answers.last().getAttribute('data-run');
  }

  /** Answers that have ended: only those can be copied. */
  finishedAnswers(): Locator {
    return this.answers.filter({ has: this.page.getByRole('button', { name: 'Details of this run' }) });
  }

  /** Fails with every error and warning the browser reported. */
  expectNoProblems(): void {
    expect(this.#problems).toEqual([]);
  }

  /** Fails when axe finds anything of level serious or critical. */
  async expectAccessible(): Promise<void> {
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    await this.page.evaluate(await readFile(axe, 'utf8'));
    const { violations } = await this.page.evaluate<AxeResults>('axe.run(document)');
    const found = violations.map(({ impact, id, nodes }) => ({
      impact,
      rule: id,
      where: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
    }));
    const isGrave = (impact: unknown) => impact === 'serious' || impact === 'critical';
    expect(found.filter((violation) => isGrave(violation.impact))).toEqual([]);
  }

  /** Fails when the page stays wider than the screen; one whose size was just changed is drawn anew first. */
  async expectNoSidewaysScroll(): Promise<void> {
    const root = 'document.documentElement';
    const overflow = () => this.page.evaluate<number>(`${root}.scrollWidth - ${root}.clientWidth`);
    await expect.poll(overflow, { timeout: 5000 }).toBe(0);
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' });
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}
