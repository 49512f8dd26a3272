/**
 * Separates streamed answer text from reasoning that a model writes between tags (`<think>…</think>` and the like).
 *
 * Invariant: over all chunks, nothing is lost or reordered except the tags themselves, wherever the chunks are cut.
 */

export interface StreamPiece {
  readonly kind: 'text' | 'thinking';
  readonly text: string;
}

const TAG = /<(\/?)(think|thought|thinking|reasoning)>/i;
/** Longest tag: `</reasoning>`. */
const MAX_TAG_LENGTH = 12;

export class ThinkTagSplitter {
  #held = '';
  #insideTag: string | undefined;

  /** Takes the next chunk and returns what is certain by now. */
  push(chunk: string): readonly StreamPiece[] {
    this.#held += chunk;
    const pieces: StreamPiece[] = [];
    for (let match = this.#nextTag(); match !== undefined; match = this.#nextTag()) {
      this.#emit(pieces, this.#held.slice(0, match.index));
      this.#held = this.#held.slice(match.index + match.length);
      this.#insideTag = match.closing ? undefined : match.name;
    }
    const certain = this.#held.length - possibleTagStart(this.#held);
    this.#emit(pieces, this.#held.slice(0, certain));
    this.#held = this.#held.slice(certain);
    return pieces;
  }

  /** Returns what was held back; call once at the end. */
  flush(): readonly StreamPiece[] {
    const pieces: StreamPiece[] = [];
    this.#emit(pieces, this.#held);
    this.#held = '';
    return pieces;
  }

  #emit(pieces: StreamPiece[], text: string): void {
    if (text !== '') pieces.push({ kind: this.#insideTag === undefined ? 'text' : 'thinking', text });
  }

  /** The next tag that changes the state: an opening one outside, the matching closing one inside. */
  #nextTag(): { index: number; length: number; closing: boolean; name: string } | undefined {
    let from = 0;
    for (;;) {
      const match = TAG.exec(this.#held.slice(from));
      if (match === null) return undefined;
      const name = (match[2] ?? '').toLowerCase();
      const closing = match[1] === '/';
      const index = from + match.index;
      const wanted = this.#insideTag === undefined ? !closing : closing && name === this.#insideTag;
      if (wanted) return { index, length: match[0].length, closing, name };
      from = index + match[0].length;
    }
  }
}

/** Length of a tail that may be the beginning of a tag. */
function possibleTagStart(text: string): number {
  const open = text.lastIndexOf('<', text.length);
  const length = text.length - open;
  if (open === -1 || length >= MAX_TAG_LENGTH) return 0;
  const tail = text.slice(open).toLowerCase();
  const tags = ['think', 'thought', 'thinking', 'reasoning'].flatMap((name) => [`<${name}>`, `</${name}>`]);
  return tags.some((tag) => tag.startsWith(tail)) ? length : 0;
}
