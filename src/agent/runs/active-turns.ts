/** Turns that are queued or running, by run id. A turn leaves exactly once, and its run's retention begins then. */
import type { ActiveTurn } from '../loop/active-turn.ts';
import type { RunRegistry } from './run-registry.ts';

export class ActiveTurns {
  readonly #turns = new Map<string, ActiveTurn>();
  readonly #registry: RunRegistry;

  constructor(registry: RunRegistry) {
    this.#registry = registry;
  }

  get size(): number {
    return this.#turns.size;
  }

  add(turn: ActiveTurn): void {
    this.#turns.set(turn.item.runId, turn);
  }

  find(runId: string): ActiveTurn | undefined {
    return this.#turns.get(runId);
  }

  /** In the order of their acceptance. */
  ofChat(chatId: number): readonly ActiveTurn[] {
    return this.all().filter((turn) => turn.chat.chatId === chatId);
  }

  all(): readonly ActiveTurn[] {
    return [...this.#turns.values()];
  }

  /** Ends the turn's stay; its events remain readable for a while. */
  release(turn: ActiveTurn): void {
    if (this.#turns.delete(turn.item.runId)) this.#registry.retire(turn.run);
  }
}
