/**
 * The order in which the database thread answers.
 *
 * Invariants: requests are served in the order of arrival, except that all writes waiting at the same time share one
 * commit and queries that came before the first of them do not wait for it; a query sees every write that arrived
 * before it; while an interactive transaction is open nothing else runs; a transaction that stays idle is rolled back,
 * so a forgotten one cannot stop the program.
 */
import type { GroupCommitter } from './group-commit.ts';
import type {
  BeginRequest,
  EndRequest,
  ReadRequest,
  WorkerReply,
  WorkerRequest,
  WriteRequest,
} from './protocol.ts';
import { describeFailure } from './sqlite-failure.ts';
import type { StatementCache } from './statement-cache.ts';

/** Upper bound of one commit, so that no caller waits behind an endless group. */
const MAX_GROUP = 256;

interface OpenTransaction {
  readonly id: number;
  readonly timer: NodeJS.Timeout;
}

export interface RequestLoopOptions {
  readonly statements: StatementCache;
  readonly committer: GroupCommitter;
  readonly transactionIdleMs: number;
  readonly post: (replies: readonly WorkerReply[]) => void;
  /** Takes over what arrived while a group was being committed. */
  readonly receive: () => readonly WorkerRequest[];
  /** Called once, after everything before the close request was answered. */
  readonly close: (requestId: number) => void;
}

export class RequestLoop {
  readonly #options: RequestLoopOptions;
  #queue: WorkerRequest[] = [];
  #open: OpenTransaction | undefined;

  constructor(options: RequestLoopOptions) {
    this.#options = options;
  }

  /** Serves these requests and everything else that can be served now. */
  accept(requests: readonly WorkerRequest[]): void {
    this.#queue.push(...requests);
    this.#serve();
  }

  #serve(): void {
    for (;;) {
      this.#queue.push(...this.#options.receive());
      const progressed = this.#open === undefined ? this.#serveShared() : this.#serveTransaction(this.#open);
      if (!progressed) return;
    }
  }

  /** Serves the queue up to the next request that needs the database for itself. */
  #serveShared(): boolean {
    const barrier = this.#queue.findIndex((request) => request.kind === 'begin' || request.kind === 'close');
    const segment = this.#queue.splice(0, barrier === -1 ? this.#queue.length : barrier);
    if (segment.length > 0) {
      this.#serveSegment(segment);
      return true;
    }
    const next = this.#queue.shift();
    if (next?.kind === 'begin') this.#begin(next);
    else if (next?.kind === 'close') this.#options.close(next.id);
    return next !== undefined;
  }

  #serveSegment(segment: readonly WorkerRequest[]): void {
    const early: WorkerReply[] = [];
    const writes: WriteRequest[] = [];
    const late: ReadRequest[] = [];
    for (const request of segment) {
      if ('transaction' in request && request.transaction !== undefined) {
        early.push(expired(request.id));
      } else if (request.kind === 'write') writes.push(request);
      else if (request.kind === 'read' && writes.length === 0) early.push(this.#read(request));
      else if (request.kind === 'read') late.push(request);
    }
    if (early.length > 0) this.#options.post(early);
    for (let start = 0; start < writes.length; start += MAX_GROUP) {
      this.#commit(writes.slice(start, start + MAX_GROUP));
    }
    if (late.length > 0) this.#options.post(late.map((request) => this.#read(request)));
  }

  #commit(writes: readonly WriteRequest[]): void {
    const outcomes = this.#options.committer.commit(writes);
    this.#options.post(
      writes.flatMap(({ id }, index) => {
        const outcome = outcomes[index];
        return outcome === undefined ? [] : [{ id, ...outcome }];
      }),
    );
  }

  #read({ id, statement }: ReadRequest): WorkerReply {
    try {
      return { id, ok: true, results: [this.#options.statements.read(statement)] };
    } catch (error) {
      return { id, ok: false, failure: describeFailure(error, statement.sql) };
    }
  }

  #begin({ id }: BeginRequest): void {
    try {
      this.#options.committer.begin();
      this.#open = { id, timer: this.#idleTimer() };
      this.#options.post([{ id, ok: true, results: [] }]);
    } catch (error) {
      this.#options.post([{ id, ok: false, failure: describeFailure(error) }]);
    }
  }

  #idleTimer(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#open = undefined;
      this.#options.committer.rollback();
      this.#serve();
    }, this.#options.transactionIdleMs);
  }

  /** Serves the requests of the open transaction, in order; false when there are none. */
  #serveTransaction(open: OpenTransaction): boolean {
    const index = this.#queue.findIndex(
      (request) => 'transaction' in request && request.transaction === open.id,
    );
    const [request] = index === -1 ? [] : this.#queue.splice(index, 1);
    if (request === undefined) return false;
    open.timer.refresh();
    if (request.kind === 'read') this.#options.post([this.#read(request)]);
    else if (request.kind === 'write') {
      this.#options.post([{ id: request.id, ...this.#options.committer.runNested(request.statements) }]);
    } else if (request.kind === 'end') this.#end(request, open);
    return true;
  }

  #end({ id, commit }: EndRequest, open: OpenTransaction): void {
    clearTimeout(open.timer);
    this.#open = undefined;
    try {
      this.#options.committer.end(commit);
      this.#options.post([{ id, ok: true, results: [] }]);
    } catch (error) {
      this.#options.post([{ id, ok: false, failure: describeFailure(error) }]);
    }
  }
}

function expired(id: number): WorkerReply {
  return {
    id,
    ok: false,
    failure: { name: 'TRANSACTION_EXPIRED', message: 'the interactive transaction has ended already' },
  };
}
