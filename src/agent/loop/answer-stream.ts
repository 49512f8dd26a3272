/**
 * What observers see of an answer while the model writes it: everything at once, or, with an output guardrail, each
 * kind of text as one checked piece when the answer is complete.
 *
 * Invariant: with a guardrail, an answer that is never completed is never shown.
 */
import type { OutputGuardrail } from '../guardrails/output-guardrail.ts';
import type { StreamPiece } from './think-tag-splitter.ts';

export class AnswerStream {
  readonly #guardrail: OutputGuardrail;
  readonly #publish: (piece: StreamPiece) => void;
  readonly #held: Record<StreamPiece['kind'], string> = { thinking: '', text: '' };

  constructor(guardrail: OutputGuardrail, publish: (piece: StreamPiece) => void) {
    this.#guardrail = guardrail;
    this.#publish = publish;
  }

  push(pieces: readonly StreamPiece[]): void {
    for (const piece of pieces) {
      if (this.#guardrail.isOn) this.#held[piece.kind] += piece.text;
      else this.#publish(piece);
    }
  }

  /** The answer is complete. */
  end(): void {
    for (const kind of ['thinking', 'text'] as const) {
      const text = this.#guardrail.check(this.#held[kind]);
      if (text !== '') this.#publish({ kind, text });
    }
  }
}
