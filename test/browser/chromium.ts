/**
 * Finds and starts the system's Chromium.
 *
 * Without one the browser tests are skipped, and say so; with `MICROCLAW_REQUIRE_BROWSER=1` they fail instead.
 */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const PATHS = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** No sandbox: the tests often run as root in a container. Nothing is fetched but the server under test. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executablePath = PATHS.find((path) => path !== undefined && existsSync(path));
const isRequired = process.env.MICROCLAW_REQUIRE_BROWSER === '1';

/** For `describe.skipIf`; prints the reason once per file. */
export const isBrowserMissing = executablePath === undefined && !isRequired;

if (isBrowserMissing) {
  process.stderr.write('browser tests skipped: no Chromium found (set CHROMIUM_PATH, or install chromium)\n');
}

/** Starts Chromium, with further flags if any; rejects with a hint when it is required and missing. */
function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  if (executablePath === undefined) {
    throw new Error(
      'MICROCLAW_REQUIRE_BROWSER=1, but no Chromium was found: install chromium or set CHROMIUM_PATH',
    );
  }
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
}

/** A browser for the tests of the surrounding `describe`; it is there from `beforeAll` on. */
export function useChromium(flags: readonly string[] = []): { readonly browser: Browser } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium(flags);
  });
  afterAll(() => browser?.close());
  return {
    get browser() {
      if (browser === undefined) throw new Error('the browser was not started');
      return browser;
    },
  };
}
