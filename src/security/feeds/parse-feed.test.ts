import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeedFormat } from './feed-source.ts';
import { parseFeed } from './parse-feed.ts';

async function entries(
  text: string,
  format: FeedFormat = 'lines',
  maxEntries = 100,
): Promise<readonly string[]> {
  return (await parseFeed(text, format, maxEntries)).rules.map((rule) => rule.text);
}

describe('a list of lines', () => {
  it('has hosts, URLs, blocks and comments', async () => {
    const text =
      '\ufeff# a list\r\n\r\nEvil.example\r\nhttps://bad.example:8443/path?q#x\n*.ads.example # inline\n10.0.0.0/8\nbücher.example';
    expect(await entries(text)).toEqual([
      'evil.example',
      'bad.example',
      'ads.example',
      '10.0.0.0/8',
      'xn--bcher-kva.example',
    ]);
  });

  it('may be a hosts file, whose own names are no entries', async () => {
    const text =
      '127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 a.example b.example # two\n0.0.0.0 0.0.0.0\n';
    expect(await entries(text)).toEqual(['a.example', 'b.example']);
  });

  it('keeps the first different entries up to the maximum', async () => {
    expect(await entries('a.example\na.example\nb.example\nc.example', 'lines', 2)).toEqual([
      'a.example',
      'b.example',
    ]);
  });

  it('skips single entries that are no hosts', async () => {
    expect(await entries('a.example\nnot a host\nb.example')).toEqual(['a.example', 'b.example']);
  });

  it('may be empty', async () => {
    expect(await entries('')).toEqual([]);
    expect(await entries('# nothing today\n')).toEqual([]);
  });
});

describe('a CSV file', () => {
  it('gives its first column without quotes, header and comments', async () => {
    const text =
      'domain,score\n"evil.example",9\n"https://quoted.example/a,b",1\n# comment,2\nplain.example,3\n,4\n';
    expect(await entries(text, 'csv_first_column')).toEqual([
      'evil.example',
      'quoted.example',
      'plain.example',
    ]);
  });
});

describe('what is no list', () => {
  it.each([
    ['a web page', '<!DOCTYPE html><html><body>Sign in</body></html>'],
    ['binary data', 'a.example\0b.example'],
    ['JSON', '{"hosts": [\n "a b",\n "c d"\n]}'],
    ['prose', 'This service is\ncurrently not available.\nPlease try again later.'],
  ])('%s is refused', async (_name, text) => {
    await expect(parseFeed(text, 'lines', 100)).rejects.toMatchObject({ code: 'MC_FEED_BAD_LIST' });
  });

  it('any text gives hosts or a refusal, and never more than the maximum', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('lines', 'csv_first_column'),
        async (text, format) => {
          const outcome = await parseFeed(text, format, 3).catch((error: { code: string }) => error.code);
          if (outcome === 'MC_FEED_BAD_LIST') return;
          expect(outcome).toHaveProperty('rules');
          if (typeof outcome === 'object') expect(outcome.rules.length).toBeLessThanOrEqual(3);
        },
      ),
    );
  });
});

it('gives other work its turn while it reads a large list', async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  const text = Array.from({ length: 20_000 }, (_, index) => `host${index}.example`).join('\n');
  await parseFeed(text, 'lines', 100_000);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
