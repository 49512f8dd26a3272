/**
 * Entry of the thread that converts pages, so that a large or hostile one never blocks the event loop. Takes one job
 * after another; it is ended from outside when a job takes too long.
 */
import { parentPort } from 'node:worker_threads';
import { errorMessage } from '../../core/errors.ts';
import { decodeText } from './decode-text.ts';
import { extractHtml } from './extract-html.ts';
import type { ConvertAnswer, ConvertJob } from './html-worker-protocol.ts';

parentPort?.on('message', (job: ConvertJob) => parentPort?.postMessage(convert(job)));

function convert(job: ConvertJob): ConvertAnswer {
  try {
    const html = decodeText(job.bytes, { charset: job.charset, isHtml: true });
    const { title, markdown } = extractHtml(html, job.url);
    return { kind: 'converted', id: job.id, title, markdown: markdown.slice(0, job.maxChars).toWellFormed() };
  } catch (error) {
    return { kind: 'failed', id: job.id, reason: errorMessage(error) };
  }
}
