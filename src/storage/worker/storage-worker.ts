/**
 * The database thread: owns the lock and the only read-write connection, and serves the requests of `WorkerClient`.
 * With another assignment it does one long read (backup, integrity check) on a connection of its own, beside the owner,
 * and ends. What to do is the first message it receives. It loads nothing but `node:` modules, to start fast and stay
 * small.
 */
import { dirname } from 'node:path';
import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { DatabaseLock } from '../database-lock.ts';
import { GroupCommitter } from './group-commit.ts';
import { HeapTidying } from './heap-tidying.ts';
import { checkpoint, IdleCheckpoint } from './idle-checkpoint.ts';
import { backupTo, checkFile } from './long-read.ts';
import { createDirectory, openDatabase } from './open-database.ts';
import type { WorkerAssignment, WorkerMessage, WorkerReply, WorkerRequest } from './protocol.ts';
import { RequestLoop } from './request-loop.ts';
import { describeFailure } from './sqlite-failure.ts';
import { StatementCache } from './statement-cache.ts';

const STATEMENT_CACHE_SIZE = 256;

function serve(port: MessagePort, assignment: Extract<WorkerAssignment, { kind: 'serve' }>): WorkerMessage {
  createDirectory(dirname(assignment.path));
  const lock = DatabaseLock.acquire(assignment.path);
  const { database, opened } = openOwned(lock, assignment);
  const statements = new StatementCache(database, STATEMENT_CACHE_SIZE);
  const committer = new GroupCommitter(database, statements);
  const heap = new HeapTidying();
  const idle = new IdleCheckpoint(database, () => heap.tidy());
  let commits = 0;
  const post = (replies: readonly WorkerReply[]) => {
    const counters = { ...committer.counters, ...idle.counters };
    if (counters.commits !== commits) idle.noteCommit();
    commits = counters.commits;
    const message: WorkerMessage = { kind: 'replies', replies, counters };
    port.postMessage(message);
  };
  const close = (id: number) => {
    idle.stop();
    checkpoint(database, 'truncate');
    database.close();
    lock.release();
    post([{ id, ok: true, results: [] }]);
    port.close();
  };
  const { transactionIdleMs } = assignment;
  const receive = () => receiveAll(port);
  const loop = new RequestLoop({ statements, committer, transactionIdleMs, post, receive, close });
  // The parent is `WorkerClient`, which sends arrays of requests and nothing else.
  port.on('message', (requests: readonly WorkerRequest[]) => loop.accept(requests));
  return { kind: 'opened', opened };
}

function openOwned(lock: DatabaseLock, assignment: Extract<WorkerAssignment, { kind: 'serve' }>) {
  try {
    return openDatabase(assignment);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Everything that has arrived, without returning to the event loop. */
function receiveAll(port: MessagePort): WorkerRequest[] {
  const requests: WorkerRequest[] = [];
  for (;;) {
    const received: { readonly message: readonly WorkerRequest[] } | undefined = receiveMessageOnPort(port);
    if (received === undefined) return requests;
    requests.push(...received.message);
  }
}

function start(port: MessagePort, assignment: WorkerAssignment): WorkerMessage {
  switch (assignment.kind) {
    case 'serve':
      return serve(port, assignment);
    case 'backup':
      backupTo(assignment.path, assignment.target, assignment.partial);
      return { kind: 'job_done', problems: [] };
    case 'check':
      return { kind: 'job_done', problems: checkFile(assignment.path) };
    default:
      return assignment satisfies never;
  }
}

function begin(port: MessagePort, assignment: WorkerAssignment): void {
  try {
    port.postMessage(start(port, assignment));
  } catch (error) {
    const message: WorkerMessage = { kind: 'refused', failure: describeFailure(error) };
    port.postMessage(message);
  }
}

// `StorageThread` is the only one that starts this file, and sends an assignment first.
parentPort?.once('message', (assignment: WorkerAssignment) => {
  if (parentPort !== null) begin(parentPort, assignment);
});
