/** The lines of the runbook about host lists from elsewhere, against a real server. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runMicroclaw } from '../support/microclaw-process.ts';
import { WebToolsHarness } from '../support/web-tools-harness.ts';

let web: WebToolsHarness;
beforeEach(() => {
  web = new WebToolsHarness();
});
afterEach(() => web.dispose());

function feeds(
  sources: readonly Readonly<Record<string, unknown>>[],
  options: Readonly<Record<string, unknown>> = {},
) {
  return {
    web_fetch_url_validation: {
      allowlist_hosts: ['localhost', 'evil.example'],
      feed_sync: { enabled: true, sources, ...options },
    },
  };
}

describe('feed_sync', () => {
  it('extends the denylist and asks once within the refresh interval', async () => {
    const list = await web.page('# bad hosts\nevil.example\n', 'text/plain');
    const page = await web.page('fine', 'text/plain');
    await web.start(feeds([{ url: `${list.url}/hosts.txt` }]));
    expect(await web.fetch('https://a.evil.example/')).toContain("URL host 'a.evil.example' is denylisted");
    expect(await web.fetch(page.url)).toContain('fine');
    expect(list.requests).toEqual(['/hosts.txt']);
  });

  it('reads the first column of a CSV file', async () => {
    const list = await web.page('domain,score\n"evil.example",9\n', 'text/csv');
    await web.start(feeds([{ url: list.url, format: 'csv_first_column' }]));
    expect(await web.fetch('https://evil.example/')).toContain('denylisted');
  });

  it('extends the allowlist from an inline list', async () => {
    await web.start({
      web_fetch_url_validation: {
        feed_sync: {
          enabled: true,
          sources: [{ mode: 'allowlist', url: 'inline:https://allowed.invalid/path\n' }],
        },
      },
    });
    expect(await web.fetch('https://other.example/')).toContain('is not in allowlist');
    expect(await web.fetch('https://allowed.invalid/')).toContain('could not be resolved');
  });

  it('uses no more entries than max_entries_per_source', async () => {
    const page = await web.page('fine', 'text/plain');
    await web.start(feeds([{ url: 'inline:evil.example\nlocalhost' }], { max_entries_per_source: 1 }));
    expect(await web.fetch('https://evil.example/')).toContain('denylisted');
    expect(await web.fetch(page.url)).toContain('fine');
  });

  it('takes a denylist that is not there for empty with fail_open, and refuses without it', async () => {
    const down = await web.serve((_request, response) => response.writeHead(503).end());
    const page = await web.page('fine', 'text/plain');
    await web.start(feeds([{ url: down.url }]));
    expect(await web.fetch(page.url)).toContain('fine');
    expect(web.log()).toContain('a host list could not be read');
    await web.dispose();
    const stillDown = await web.serve((_request, response) => response.writeHead(503).end());
    await web.start(feeds([{ url: stillDown.url }], { fail_open: false }));
    expect(await web.fetch('https://a.example/')).toMatch(
      /^\[Error\] Failed to fetch URL: feed fetch failed for 'http:\/\/localhost:\d+\/': HTTP 503/,
    );
  });

  it.each([true, false])('an allowlist that is not there opens nothing (fail_open: %s)', async (failOpen) => {
    const down = await web.serve((_request, response) => response.destroy());
    await web.start(feeds([{ mode: 'allowlist', url: down.url }], { fail_open: failOpen }));
    expect(await web.fetch('https://unlisted.example/')).toContain(
      failOpen ? 'is not in allowlist' : 'feed fetch failed',
    );
  });

  it('gives up a slow server after timeout_secs', async () => {
    const slow = await web.serve(() => {});
    const page = await web.page('fine', 'text/plain');
    await web.start(feeds([{ url: slow.url, timeout_secs: 1 }]));
    expect(await web.fetch(page.url)).toContain('fine');
    expect(web.log()).toContain('timed out after 1 second');
  });

  it('does not read a list from a private address that is not listed', async () => {
    const list = await web.page('evil.example', 'text/plain');
    await web.start({
      web_fetch_url_validation: { feed_sync: { enabled: true, sources: [{ url: list.url }] } },
    });
    await web.fetch('http://10.0.0.1/');
    expect(list.requests).toEqual([]);
    expect(web.log()).toContain('blocked private/internal address');
  });

  it('keeps the last list in force over a restart while its server is down, and the doctor tells', async () => {
    const list = await web.page('evil.example', 'text/plain');
    await web.start(feeds([{ url: list.url, refresh_interval_secs: 1 }], { fail_open: false }));
    expect(await web.fetch('https://evil.example/')).toContain('denylisted');
    await list.close();
    await web.restart();
    expect(await web.fetch('https://evil.example/')).toContain('denylisted');
    const { stdout } = await runMicroclaw(web.home, ['doctor', '--json']);
    const { checks }: { checks: readonly { id: string; detail: string }[] } = JSON.parse(stdout);
    const detail = checks.find(({ id }) => id === 'web_fetch.feed_sync.source.0')?.detail;
    expect(detail).toMatch(/^denylist http:\/\/localhost:\d+\/: 1 entries, read at 20/);
  });
});
