import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';

let http: HttpHarness;
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'microclaw-web-'));
  http = await HttpHarness.create({ http: { webRoot: join(root, 'web') } });
});
afterEach(async () => {
  await http.dispose();
  await rm(root, { recursive: true, force: true });
});

async function build(page = '<!doctype html>one'): Promise<void> {
  const web = join(root, 'web');
  await mkdir(join(web, 'assets'), { recursive: true });
  await writeFile(join(root, 'secret.txt'), 'secret');
  await writeFile(join(web, 'index.html'), page);
  await writeFile(join(web, 'icon.png'), 'png');
  await writeFile(join(web, 'assets', 'app-1a2b3c4d.js'), 'plain');
  await writeFile(join(web, 'assets', 'app-1a2b3c4d.js.gz'), gzipSync('plain'));
  await writeFile(join(web, 'assets', 'app-1a2b3c4d.js.br'), 'brotli');
  await writeFile(join(web, 'assets', 'plain.css'), 'css');
}

test('before the console is built the page says how to build it and the rest is 404', async () => {
  const page = await http.get('/');
  expect([page.status, page.text]).toEqual([404, expect.stringContaining('npm run build')]);
  expect((await http.get('/assets/app.js')).text).toBe('Not Found');
});

test('the page is revalidated, hashed assets are kept for ever, icons have their type', async () => {
  await build();
  const page = await http.get('/');
  expect(page.text).toBe('<!doctype html>one');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const script = await http.get('/assets/app-1a2b3c4d.js');
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect((await http.get('/assets/plain.css')).headers.get('cache-control')).toBe('no-cache');
  for (const path of ['/icon.png', '/favicon.ico']) {
    expect((await http.get(path)).headers.get('content-type')).toBe('image/png');
  }
});

test('the best precompressed form that the client accepts is sent', async () => {
  await build();
  const asset = async (accept: string) => {
    const headers = { 'accept-encoding': accept };
    const response = await http.fetch('GET', '/assets/app-1a2b3c4d.js', { headers });
    await response.body?.cancel();
    return [response.headers.get('content-encoding'), response.headers.get('vary')];
  };
  expect(await asset('gzip, deflate, br')).toEqual(['br', 'Accept-Encoding']);
  expect(await asset('gzip;q=0.5, br;q=0')).toEqual(['gzip', 'Accept-Encoding']);
  expect(await asset('identity')).toEqual([null, 'Accept-Encoding']);
});

test('a client that has the file already gets no body', async () => {
  await build();
  const etag = (await http.get('/')).headers.get('etag') ?? '';
  const again = await http.get('/', { headers: { 'if-none-match': `W/"x", ${etag}` } });
  expect([again.status, again.text]).toEqual([304, '']);
  expect((await http.get('/', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
});

test('nothing outside the directory is served', async () => {
  await build();
  for (const path of [
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
  ]) {
    const answer = await http.get(path);
    expect([answer.status, answer.text.includes('secret')]).toEqual([404, false]);
  }
});

test('a new build is served without a restart', async () => {
  await build();
  await http.get('/');
  await build('<!doctype html>two');
  await utimes(join(root, 'web', 'index.html'), new Date(), new Date(Date.now() + 5000));
  expect((await http.get('/')).text).toBe('<!doctype html>two');
});

test('the console’s paths can only be read', async () => {
  await build();
  for (const path of ['/', '/assets/plain.css']) {
    const answer = await http.post(path);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  }
  const head = await http.request('HEAD', '/');
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
});

test('with the console switched off there is no page', async () => {
  await build();
  const off = await HttpHarness.create({ http: { webRoot: join(root, 'web'), webEnabled: false } });
  expect((await off.get('/')).status).toBe(404);
  await off.dispose();
});
