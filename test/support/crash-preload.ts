/**
 * Loaded with `--import` before the program: kills the process (SIGKILL) at the moment it is about to send a chosen
 * statement to the database thread. That names every point of a turn exactly, without a switch in the program itself.
 *
 * `CRASH_STATEMENT` is a regular expression over the message to the thread as JSON, `CRASH_AT` the how-manieth match.
 */
import { Worker } from 'node:worker_threads';

const pattern = new RegExp(process.env.CRASH_STATEMENT ?? '(?!)');
const wanted = Number(process.env.CRASH_AT ?? '1');
let seen = 0;
const postMessage = Worker.prototype.postMessage;

Worker.prototype.postMessage = function crashing(this: Worker, message: unknown, ...rest: never[]) {
  if (
    pattern.test(
      JSON.stringify(message, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
    )
  ) {
    seen += 1;
    if (seen === wanted) process.kill(process.pid, 'SIGKILL');
  }
  return postMessage.call(this, message, ...rest);
};
