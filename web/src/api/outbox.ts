/**
 * Messages on their way to the server. A message is kept from the moment it is typed until the server has stored it,
 * over dropped connections and reloads.
 *
 * Invariants: messages of one chat are sent one after the other, in the order typed; a message whose answer was lost
 * is sent again under the same id, which the server recognises, so it is accepted once; a refused message stays, with
 * the reason, until the operator sends it again or discards it.
 */
import { readSaved, type ValueStorage, writeSaved } from '../browser/saved-value.ts';
import { ApiError, failureText } from './api-error.ts';

export interface OutboxMessage {
  readonly id: string;
  readonly sessionKey: string;
  readonly text: string;
  readonly typedAtMs: number;
  readonly state: 'sending' | 'waiting' | 'refused' | 'accepted';
  /** Why it was refused. */
  readonly reason: string | null;
  /** Run that the server started for it. */
  readonly runId: string | null;
}

export interface OutboxPorts {
  readonly send: (message: OutboxMessage) => Promise<{ readonly runId: string }>;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => number;
  readonly newId: () => string;
  readonly storage: ValueStorage;
  readonly onAccepted: (message: OutboxMessage) => void;
}

/** What a transcript says about a run. */
export interface TranscriptFacts {
  /** The message that started it is stored. */
  readonly hasMessage: (runId: string) => boolean;
  readonly hasAnswer: (runId: string) => boolean;
  /** It is not followed, or it ended. */
  readonly isOver: (runId: string) => boolean;
}

/** Raise the version with every change of `OutboxMessage`. */
const SAVED = { key: 'microclaw_outbox', version: 1 } as const;
const RETRY_DELAY_MS = 2_000;

export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #listeners = new Set<() => void>();
  readonly #sendingSessions = new Set<string>();
  readonly #never = new AbortController().signal;
  #messages: readonly OutboxMessage[] = [];

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The same array until something changes. */
  readonly messages = (): readonly OutboxMessage[] => this.#messages;

  /** Takes a message over; it is shown at once and sent as soon as the server can be reached. */
  add(sessionKey: string, text: string): void {
    const message: OutboxMessage = {
      id: this.#ports.newId(),
      sessionKey,
      text,
      typedAtMs: this.#ports.now(),
      state: 'sending',
      reason: null,
      runId: null,
    };
    this.#set([...this.#messages, message]);
    void this.#pump(sessionKey);
  }

  /** Sends a refused message again. */
  retry(id: string): void {
    const message = this.#messages.find((item) => item.id === id);
    if (message === undefined) return;
    this.#update(id, { state: 'sending', reason: null });
    void this.#pump(message.sessionKey);
  }

  /** Forgets a message that was refused, or one that the transcript now shows. */
  discard(id: string): void {
    this.#set(this.#messages.filter((message) => message.id !== id));
  }

  /**
   * Forgets the accepted messages of a chat that its transcript, just read, accounts for: the message is stored, or its
   * run is over and left nothing. A chat command is answered without being stored; it is kept beside its answer.
   */
  settle(sessionKey: string, transcript: TranscriptFacts): void {
    const isSettled = ({ sessionKey: key, state, runId }: OutboxMessage) => {
      if (key !== sessionKey || state !== 'accepted' || runId === null) return false;
      return transcript.hasMessage(runId) || (transcript.isOver(runId) && !transcript.hasAnswer(runId));
    };
    if (this.#messages.some(isSettled)) this.#set(this.#messages.filter((message) => !isSettled(message)));
  }

  /** Forgets the messages of a chat that was cleared or deleted. */
  forgetSession(sessionKey: string): void {
    this.#set(this.#messages.filter((message) => message.sessionKey !== sessionKey));
  }

  /** Continues with what a reload interrupted. */
  restore(): void {
    this.#messages = readSaved<readonly OutboxMessage[]>(this.#ports.storage, SAVED) ?? [];
    this.#notify();
    for (const message of this.#messages) {
      if (message.state === 'accepted') this.#ports.onAccepted(message);
    }
    for (const sessionKey of new Set(this.#messages.map((message) => message.sessionKey))) {
      void this.#pump(sessionKey);
    }
  }

  async #pump(sessionKey: string): Promise<void> {
    if (this.#sendingSessions.has(sessionKey)) return;
    this.#sendingSessions.add(sessionKey);
    for (let next = this.#next(sessionKey); next !== undefined; next = this.#next(sessionKey)) {
      await this.#trySend(next);
    }
    this.#sendingSessions.delete(sessionKey);
  }

  #next(sessionKey: string): OutboxMessage | undefined {
    return this.#messages.find(
      (message) =>
        message.sessionKey === sessionKey && (message.state === 'sending' || message.state === 'waiting'),
    );
  }

  async #trySend(message: OutboxMessage): Promise<void> {
    try {
      const { runId } = await this.#ports.send(message);
      this.#update(message.id, { state: 'accepted', runId });
      this.#ports.onAccepted({ ...message, state: 'accepted', runId });
    } catch (error) {
      if (isFinalRefusal(error)) {
        this.#update(message.id, { state: 'refused', reason: refusalText(error) });
        return;
      }
      this.#update(message.id, { state: 'waiting' });
      await this.#ports.pause(waitMs(error), this.#never);
    }
  }

  #update(id: string, change: Partial<OutboxMessage>): void {
    this.#set(this.#messages.map((message) => (message.id === id ? { ...message, ...change } : message)));
  }

  #set(messages: readonly OutboxMessage[]): void {
    this.#messages = messages;
    if (messages.length === 0) this.#ports.storage.removeItem(SAVED.key);
    else writeSaved(this.#ports.storage, SAVED, messages);
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** 401 is waited out: signing in again sends the message. */
function isFinalRefusal(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 401 && error.status !== 429;
}

function refusalText(error: ApiError): string {
  return error.hint === null ? failureText(error) : `${failureText(error)} — ${error.hint}`;
}

function waitMs(error: unknown): number {
  const retryAfterSecs = error instanceof ApiError ? error.retryAfterSecs : null;
  return retryAfterSecs === null ? RETRY_DELAY_MS : retryAfterSecs * 1000;
}
