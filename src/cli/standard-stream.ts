/**
 * stdout and stderr of the process, as commands write to them.
 *
 * Invariants: a reader that went away (`| head`, a closed terminal) ends nothing and is not reported; any other failure
 * of stdout is told on stderr, and the process ends with a failure, because a result was lost. A stream is opened by
 * the first text for it: opening one costs time, and most starts write little.
 */
import { errorMessage } from '../core/errors.ts';
import { EXIT } from './command-context.ts';

const READER_GONE: ReadonlySet<unknown> = new Set(['EPIPE', 'EIO', 'ECONNRESET']);

/** A function that writes text to the stream and never throws. */
export function standardStream(name: 'stdout' | 'stderr'): (text: string) => void {
  let stream: NodeJS.WriteStream | undefined;
  return (text) => {
    stream ??= openStream(name);
    stream.write(text);
  };
}

function openStream(name: 'stdout' | 'stderr'): NodeJS.WriteStream {
  const stream = process[name];
  let isReported = name === 'stderr'; // nowhere left to report that
  stream.on('error', (error) => {
    if (isReported || ('code' in error && READER_GONE.has(error.code))) return;
    isReported = true;
    process.stderr.write(`Error: cannot write the result: ${errorMessage(error)}\n`);
    process.once('exit', (code) => {
      if (code === EXIT.ok) process.exitCode = EXIT.failure;
    });
  });
  return stream;
}
