import { describe, expect, it } from 'vitest';
import { findDestinations } from './egress-policy-urls.ts';

function urls(input: unknown): readonly string[] {
  return findDestinations(input).flatMap((found) => (found.kind === 'url' ? [found.url] : []));
}

function hosts(command: string): readonly string[] {
  return findDestinations({ command }).flatMap((found) => (found.kind === 'host' ? [found.host.text] : []));
}

describe('a command', () => {
  it.each([
    [
      'curl https://ok.example/a && curl https://bad.example/x',
      ['https://ok.example/a', 'https://bad.example/x'],
    ],
    ['curl "https://a.example/p?q=1"', ['https://a.example/p?q=1']],
    ["echo 'see http://a.example.'", ['http://a.example']],
    ['(curl http://a.example)', ['http://a.example']],
    ['curl http://[::1]:80/x', ['http://[::1]:80/x']],
    ['HTTPS_PROXY=HTTP://p.example:1 x', ['HTTP://p.example:1']],
    ['git clone ssh://git@h.example/r', ['https://git@h.example/r']],
    ['curl -d \'{"u":"https://a.example","v":1}\' x', ['https://a.example']],
    ['curl ht""tps://a.example', ['https://a.example']],
    ['cat file:///etc/hosts', []],
    ['echo http://', []],
  ])('names the URLs of %j', (command, expected) => {
    expect(urls({ command })).toEqual(expect.arrayContaining(expected));
    expect(new Set(urls({ command }).map((url) => new URL(url).host))).toEqual(
      new Set(expected.map((url) => new URL(url).host)),
    );
  });

  it('reads credentials that a shell would see as such', () => {
    expect(urls({ command: 'curl https://ok.example\\@bad.example/' })).toContain(
      'https://ok.example@bad.example/',
    );
  });

  it.each([
    ['curl 10.0.0.1', '10.0.0.1'],
    ['curl 10.0.0.1:8080/x', '10.0.0.1'],
    ['curl 2130706433', '127.0.0.1'],
    ['curl 0x7f000001', '127.0.0.1'],
    ['curl [::1]:80/', '::1'],
    ['nc localhost 22', 'localhost'],
    ['ssh user@bad.example', 'bad.example'],
    ['scp a bad.example:/x', 'bad.example'],
    ['curl --url=bad.example/x', 'bad.example'],
    ['curl BAD.example.', 'bad.example'],
    ['exec 3<>/dev/tcp/bad.example/80', 'bad.example'],
  ])('names the bare host of %j', (command, expected) => {
    expect(hosts(command)).toContain(expected);
  });
});

describe('the input of other tools', () => {
  it('names what fields for URLs hold, at any depth', () => {
    expect(urls({ url: ' https://a.example/x ', nested: [{ baseUrl: 'http://b.example' }] })).toEqual([
      'https://a.example/x',
      'http://b.example',
    ]);
    expect(urls({ url: 'ftp://a.example' })).toEqual(['ftp://a.example']);
    expect(urls({ image: 'https://c.example/i.png' })).toEqual(['https://c.example/i.png']);
  });

  it('does not name what text mentions', () => {
    expect(urls({ path: 'a.md', content: 'See https://bad.example/x for more' })).toEqual([]);
    expect(urls({ url: 'no scheme' })).toEqual([]);
    expect(findDestinations({ content: '10.0.0.1' })).toEqual([]);
  });
});

it.each(['a.', 'a-', 'http://a', '....', 'a://[', '@', "$'", '\u0024{IFS', 'user@'])(
  'reads a command of %j, many times, in linear time',
  (part) => {
    expect(
      findDestinations({ command: `curl http://a.example/${part.repeat(100_000)}b` }).length,
    ).toBeGreaterThan(0);
  },
);
