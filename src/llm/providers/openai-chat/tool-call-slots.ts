/**
 * Collects the pieces of parallel tool calls.
 *
 * A piece belongs to the slot of its `index`; without one to the slot of its id; with neither to the last slot, unless
 * it brings a name and therefore begins a call. Servers that number every call 0 are told apart by the id.
 */
import type { ToolUseBlock } from '../../message.ts';
import type { ProviderSink } from '../../provider.ts';
import { type ToolCallIds, toToolUseBlock } from '../../translation/tool-call-input.ts';
import type { ToolCallDelta } from './chat-delta.ts';

interface Slot {
  readonly index: number | undefined;
  readonly offeredId: string | undefined;
  id: string | undefined;
  name: string;
  argumentsText: string;
  argumentsObject: Readonly<Record<string, unknown>> | undefined;
  thoughtSignature: string | undefined;
}

export class ToolCallSlots {
  readonly #slots: Slot[] = [];
  readonly #ids: ToolCallIds;
  readonly #sink: ProviderSink;

  constructor(ids: ToolCallIds, sink: ProviderSink) {
    this.#ids = ids;
    this.#sink = sink;
  }

  /** Takes in one piece; announces a call as soon as its name is known. */
  add(delta: ToolCallDelta): void {
    const slot = this.#find(delta) ?? this.#open(delta);
    if (typeof delta.argumentsDelta === 'string') slot.argumentsText += delta.argumentsDelta;
    else if (delta.argumentsDelta !== undefined) slot.argumentsObject = delta.argumentsDelta;
    slot.thoughtSignature ??= delta.thoughtSignature;
    if (slot.name === '' && delta.name !== undefined) slot.name = delta.name;
    if (slot.name !== '' && slot.id === undefined) {
      slot.id = this.#ids.claim(slot.offeredId);
      this.#sink({ kind: 'tool_call_start', id: slot.id, name: slot.name });
    }
  }

  #find(delta: ToolCallDelta): Slot | undefined {
    if (delta.index !== undefined) {
      const slot = this.#slots.findLast((candidate) => candidate.index === delta.index);
      const another = delta.id !== undefined && slot?.offeredId !== undefined && slot.offeredId !== delta.id;
      return another && delta.name !== undefined ? undefined : slot;
    }
    if (delta.id !== undefined) return this.#slots.find((candidate) => candidate.offeredId === delta.id);
    return delta.name === undefined ? this.#slots.at(-1) : undefined;
  }

  #open(delta: ToolCallDelta): Slot {
    const slot: Slot = {
      index: delta.index,
      offeredId: delta.id,
      id: undefined,
      name: '',
      argumentsText: '',
      argumentsObject: undefined,
      thoughtSignature: undefined,
    };
    this.#slots.push(slot);
    return slot;
  }

  /** The finished calls in the order they began; pieces that never got a name are left out. */
  finish(cutByLimit: boolean): readonly ToolUseBlock[] {
    const named = this.#slots.filter((slot) => slot.name !== '');
    return named.flatMap((slot, position) => {
      if (slot.id === undefined) return [];
      const cut = cutByLimit && position === named.length - 1;
      const rawInput = slot.argumentsObject ?? slot.argumentsText;
      const { id, name, thoughtSignature } = slot;
      return [toToolUseBlock({ id, name, rawInput, cut, thoughtSignature })];
    });
  }
}
