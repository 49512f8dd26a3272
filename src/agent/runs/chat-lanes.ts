/**
 * One lane per chat: its turns run one after another in the order they were accepted, different chats run side by
 * side up to a global limit. Nothing waits without a bound and nothing is dropped.
 *
 * Invariants: at most one running item per chat; a chat that is waiting for a free place keeps its position; an item
 * that gave its place up gets one back before a new item begins; a lane without items is removed.
 */

/** A lane that is taken before its item exists. One of the two has to be called, once. */
export interface HeldLane<Item> {
  /** Runs the item, also when the lanes were paused meanwhile. */
  run(item: Item): void;
  /** Gives the lane to what waits behind. */
  leave(): void;
}

interface Lane<Item> {
  running: boolean;
  /** Whether the running item counts against the limit. */
  holdsPlace: boolean;
  readonly pending: Item[];
}

export class ChatLanes<Item> {
  readonly #lanes = new Map<number, Lane<Item>>();
  /** Chats with pending items that wait for a free place, in order. */
  readonly #waiting = new Set<number>();
  /** Running items that want their place back, in order. */
  readonly #returning = new Set<() => void>();
  readonly #maxConcurrent: number;
  readonly #run: (item: Item) => Promise<void>;
  /** Running items, and how many of them hold a place. */
  #running = 0;
  #places = 0;
  #paused = false;
  #idleWaiters: (() => void)[] = [];

  /** `run` must not reject. */
  constructor(maxConcurrent: number, run: (item: Item) => Promise<void>) {
    this.#maxConcurrent = maxConcurrent;
    this.#run = run;
  }

  enqueue(chatId: number, item: Item): void {
    const lane = this.#laneOf(chatId);
    lane.pending.push(item);
    this.#start(chatId, lane);
  }

  /**
   * Takes the lane of a chat for an item that is still being made; what is added meanwhile waits behind it. `undefined`
   * when the chat is busy, no place is free or nothing new starts.
   */
  hold(chatId: number): HeldLane<Item> | undefined {
    if (this.#paused || this.#lanes.has(chatId) || this.#places >= this.#maxConcurrent) return undefined;
    const lane = this.#laneOf(chatId);
    this.#occupy(lane);
    return { run: (item) => this.#runIn(chatId, lane, item), leave: () => this.#ended(chatId, lane) };
  }

  /** Items of a chat that wait, oldest first. */
  pending(chatId: number): readonly Item[] {
    return this.#lanes.get(chatId)?.pending ?? [];
  }

  /** Removes waiting items of a chat and returns them, oldest first. */
  takePending(chatId: number, wanted: (item: Item) => boolean = () => true): Item[] {
    const lane = this.#lanes.get(chatId);
    if (lane === undefined) return [];
    const taken = lane.pending.filter(wanted);
    const kept = lane.pending.filter((item) => !taken.includes(item));
    lane.pending.splice(0, lane.pending.length, ...kept);
    this.#removeIfEmpty(chatId, lane);
    return taken;
  }

  /** Removes the oldest waiting items of a chat up to the first that is not wanted, and returns them. */
  takeFirst(chatId: number, wanted: (item: Item) => boolean): Item[] {
    const lane = this.#lanes.get(chatId);
    if (lane === undefined) return [];
    const end = lane.pending.findIndex((item) => !wanted(item));
    const taken = lane.pending.splice(0, end === -1 ? lane.pending.length : end);
    this.#removeIfEmpty(chatId, lane);
    return taken;
  }

  /** Chats that run or wait. */
  get size(): number {
    return this.#lanes.size;
  }

  /** Puts items that were taken back in front of the waiting ones. */
  restorePending(chatId: number, items: readonly Item[]): void {
    const lane = this.#laneOf(chatId);
    lane.pending.unshift(...items);
    this.#start(chatId, lane);
  }

  activeChatIds(): readonly number[] {
    return [...this.#lanes].flatMap(([chatId, lane]) => (lane.running ? [chatId] : []));
  }

  /** Starts nothing new until `resume`; running items go on. */
  pause(): void {
    this.#paused = true;
  }

  /** Starts what waits, in the order in which the chats came. */
  resume(): void {
    this.#paused = false;
    for (const [chatId, lane] of [...this.#lanes]) this.#start(chatId, lane);
  }

  /** The running item of a chat waits for something outside: its place is free for others until `retakePlace`. */
  releasePlace(chatId: number): void {
    const lane = this.#lanes.get(chatId);
    if (lane?.running !== true || !lane.holdsPlace) return;
    lane.holdsPlace = false;
    this.#places -= 1;
    this.#fillPlaces();
  }

  /** Resolves when the running item of the chat has a place again; rejects with the signal's reason. */
  async retakePlace(chatId: number, signal: AbortSignal): Promise<void> {
    const lane = this.#lanes.get(chatId);
    if (lane?.running !== true || lane.holdsPlace) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const give = () => {
      lane.holdsPlace = true;
      this.#places += 1;
      resolve();
    };
    const giveUp = () => {
      if (this.#returning.delete(give)) reject(signal.reason);
    };
    this.#returning.add(give);
    signal.addEventListener('abort', giveUp, { once: true });
    this.#fillPlaces();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Resolves when nothing runs. */
  async drained(): Promise<void> {
    while (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#idleWaiters.push(resolve);
      });
    }
  }

  #laneOf(chatId: number): Lane<Item> {
    const known = this.#lanes.get(chatId);
    if (known !== undefined) return known;
    const lane: Lane<Item> = { running: false, holdsPlace: false, pending: [] };
    this.#lanes.set(chatId, lane);
    return lane;
  }

  #removeIfEmpty(chatId: number, lane: Lane<Item>): void {
    if (lane.running || lane.pending.length > 0) return;
    this.#lanes.delete(chatId);
    this.#waiting.delete(chatId);
  }

  #start(chatId: number, lane: Lane<Item>): void {
    if (this.#paused || lane.running || lane.pending.length === 0) return;
    if (this.#places >= this.#maxConcurrent) {
      this.#waiting.add(chatId);
      return;
    }
    const item = lane.pending.shift();
    if (item === undefined) return;
    this.#occupy(lane);
    this.#runIn(chatId, lane, item);
  }

  #occupy(lane: Lane<Item>): void {
    lane.running = true;
    lane.holdsPlace = true;
    this.#running += 1;
    this.#places += 1;
  }

  #runIn(chatId: number, lane: Lane<Item>, item: Item): void {
    void this.#run(item).finally(() => this.#ended(chatId, lane));
  }

  #ended(chatId: number, lane: Lane<Item>): void {
    lane.running = false;
    this.#running -= 1;
    if (lane.holdsPlace) this.#places -= 1;
    lane.holdsPlace = false;
    if (lane.pending.length > 0) this.#waiting.add(chatId);
    this.#removeIfEmpty(chatId, lane);
    this.#fillPlaces();
    if (this.#running === 0) {
      const waiters = this.#idleWaiters;
      this.#idleWaiters = [];
      for (const waiter of waiters) waiter();
    }
  }

  #fillPlaces(): void {
    for (const give of [...this.#returning]) {
      if (this.#places >= this.#maxConcurrent) return;
      this.#returning.delete(give);
      give();
    }
    for (const waitingId of [...this.#waiting]) {
      if (this.#places >= this.#maxConcurrent) return;
      this.#waiting.delete(waitingId);
      const waiting = this.#lanes.get(waitingId);
      if (waiting !== undefined) this.#start(waitingId, waiting);
    }
  }
}
