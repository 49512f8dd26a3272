import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HtmlConverter, type HtmlConverterOptions, MAX_HTML_BYTES } from './html-converter.ts';
import { defaultHtmlWorkerUrl } from './html-worker-url.ts';

const open: HtmlConverter[] = [];
const directories: string[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((converter) => converter.close()));
  await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })));
});

function converter(options: HtmlConverterOptions = {}): HtmlConverter {
  const created = new HtmlConverter(options);
  open.push(created);
  return created;
}

const signal = new AbortController().signal;
const page = (html: string | Uint8Array, charset?: string) => ({
  bytes: Buffer.from(html),
  charset,
  url: 'https://site.example/a/',
});

/** A thread that hangs on "hang", dies on "die" and otherwise echoes. */
async function unruly(): Promise<URL> {
  const directory = await mkdtemp(path.join(tmpdir(), 'html-worker-'));
  directories.push(directory);
  const file = path.join(directory, 'worker.mjs');
  const program = `
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (job) => {
      const markdown = Buffer.from(job.bytes).toString();
      if (markdown === 'hang') for (;;);
      if (markdown === 'die') throw new Error('died');
      parentPort.postMessage({ kind: 'converted', id: job.id, title: '', markdown });
    });`;
  await writeFile(file, program);
  return pathToFileURL(file);
}

describe('HtmlConverter', () => {
  it('converts pages in a thread', async () => {
    const html = '<html><head><title>T</title></head><body><h1>Hi</h1><a href="b">x</a></body></html>';
    expect(await converter().convert(page(html), signal)).toEqual({
      title: 'T',
      markdown: '# Hi\n\n[x](https://site.example/a/b)',
    });
  });

  it('starts no thread before the first page', () => {
    expect(converter().isActive).toBe(false);
  });

  it('decodes by header, declaration or byte order mark', async () => {
    const tool = converter();
    const text = async (...parts: Parameters<typeof page>) =>
      (await tool.convert(page(...parts), signal)).markdown;
    const latin = Buffer.from('<p>Grüße</p>', 'latin1');
    expect(await text(latin, 'iso-8859-1')).toBe('Grüße');
    expect(await text(Buffer.from('<meta charset="windows-1252"><p>Grüße €</p>', 'latin1'))).toContain(
      'Grüße',
    );
    expect(await text(Buffer.from('\ufeff<p>Grüße</p>', 'utf16le'), 'utf-8')).toBe('Grüße');
    expect(await text('<p>Grüße</p>', 'no-such-charset')).toBe('Grüße');
  });

  it('answers many pages at once, each its own', async () => {
    const tool = converter({ workerUrl: await unruly() });
    const texts = Array.from({ length: 20 }, (_, index) => `page ${index}`);
    const results = await Promise.all(texts.map((text) => tool.convert(page(text), signal)));
    expect(results.map((result) => result.markdown)).toEqual(texts);
  });

  it('ends a thread that is stuck and goes on with a new one', async () => {
    const tool = converter({ workerUrl: await unruly(), jobTimeoutMs: 300 });
    const stuck = tool.convert(page('hang'), signal);
    const next = tool.convert(page('fine'), signal);
    await expect(stuck).rejects.toMatchObject({ code: 'MC_HTML_TOO_SLOW' });
    expect((await next).markdown).toBe('fine');
  });

  it('reports a thread that died and goes on with a new one', async () => {
    const tool = converter({ workerUrl: await unruly() });
    const dead = tool.convert(page('die'), signal);
    const next = tool.convert(page('fine'), signal);
    await expect(dead).rejects.toMatchObject({
      code: 'MC_HTML_FAILED',
      message: expect.stringContaining('died'),
    });
    expect((await next).markdown).toBe('fine');
  });

  it('reports a thread that cannot be started', async () => {
    const tool = converter({ workerUrl: new URL('file:///no/such/worker.mjs') });
    await expect(tool.convert(page('x'), signal)).rejects.toMatchObject({ code: 'MC_HTML_FAILED' });
  });

  it('gives up a page whose caller gave up, running or waiting', async () => {
    const tool = converter({ workerUrl: await unruly() });
    const reason = new Error('stopped');
    const [first, second] = [new AbortController(), new AbortController()];
    const running = tool.convert(page('hang'), first.signal);
    const waiting = tool.convert(page('waiting'), second.signal);
    const last = tool.convert(page('last'), signal);
    second.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    first.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect((await last).markdown).toBe('last');
    await expect(tool.convert(page('x'), first.signal)).rejects.toBe(reason);
  });

  it('ends the thread when there has been no work for a while', async () => {
    const tool = converter({ workerUrl: await unruly(), idleMs: 20 });
    await tool.convert(page('x'), signal);
    expect(tool.isActive).toBe(true);
    await vi.waitFor(() => expect(tool.isActive).toBe(false));
    expect((await tool.convert(page('again'), signal)).markdown).toBe('again');
  });

  it('rejects everything when it is closed, and stays closed', async () => {
    const tool = converter({ workerUrl: await unruly() });
    const running = tool.convert(page('hang'), signal);
    const waiting = tool.convert(page('x'), signal);
    const closed = tool.close();
    await expect(running).rejects.toMatchObject({ code: 'MC_HTML_CLOSED' });
    await expect(waiting).rejects.toMatchObject({ code: 'MC_HTML_CLOSED' });
    await closed;
    await tool.close();
    await expect(tool.convert(page('x'), signal)).rejects.toMatchObject({ code: 'MC_HTML_CLOSED' });
  });

  it('looks at no more than a bounded part of a page', async () => {
    const tool = converter({ workerUrl: await unruly() });
    const { markdown } = await tool.convert(page('x'.repeat(MAX_HTML_BYTES + 5)), signal);
    expect(markdown).toHaveLength(MAX_HTML_BYTES);
  });

  it('finds its program beside the module, in sources and in a release', () => {
    expect(defaultHtmlWorkerUrl('file:///src/tools/html/x.ts').pathname).toBe(
      '/src/tools/html/html-worker.ts',
    );
    expect(defaultHtmlWorkerUrl('file:///dist/chunk-a.js').pathname).toBe('/dist/html-worker.js');
  });
});
