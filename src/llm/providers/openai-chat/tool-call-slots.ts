/**
 * Collects the pieces of parallel tool calls.
 *
 * A piece belongs to the slot of its `index`; without one to the slot of its id; with neither to the last slot, unless
 * it brings a name and therefore begins a call. Servers that number every call 0, or give every call the same id, are
 * told apart by id, name, and by arguments that begin anew after complete ones; a call that is only repeated is the
 * same call.
 */
import { isRecord, parseJson } from '../../../core/json.ts';
import type { ToolUseBlock } from '../../message.ts';
import type { ProviderSink } from '../../provider.ts';
import { cleanToolName, type ToolCallIds, toToolUseBlock } from '../../translation/tool-call-input.ts';
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
    const known = this.#find(delta);
    if (known !== undefined && repeats(known, delta)) return;
    const slot = known === undefined || beginsAnother(known, delta) ? this.#open(delta) : known;
    if (typeof delta.argumentsDelta === 'string') slot.argumentsText += delta.argumentsDelta;
    else if (delta.argumentsDelta !== undefined) slot.argumentsObject = delta.argumentsDelta;
    slot.thoughtSignature ??= delta.thoughtSignature;
    if (slot.name === '' && delta.name !== undefined) slot.name = cleanToolName(delta.name);
    if (slot.name !== '' && slot.id === undefined) {
      slot.id = this.#ids.claim(slot.offeredId);
      this.#sink({ kind: 'tool_call_start', id: slot.id, name: slot.name });
    }
  }

  #find(delta: ToolCallDelta): Slot | undefined {
    if (delta.index !== undefined) {
      return this.#slots.findLast((candidate) => candidate.index === delta.index);
    }
    if (delta.id !== undefined) return this.#slots.findLast((candidate) => candidate.offeredId === delta.id);
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

/** The piece is a call that is complete already, sent once more. */
function repeats(slot: Slot, delta: ToolCallDelta): boolean {
  return (
    delta.name !== undefined &&
    slot.name === cleanToolName(delta.name) &&
    !hasOtherId(slot, delta) &&
    isComplete(slot) &&
    argumentsOf(delta) === argumentsOf({ argumentsDelta: slot.argumentsObject ?? slot.argumentsText })
  );
}

/** The piece is the start of a call that only looks as if it belonged to the slot. */
function beginsAnother(slot: Slot, delta: ToolCallDelta): boolean {
  if (delta.name === undefined || slot.name === '') return false;
  if (hasOtherId(slot, delta) || slot.name !== cleanToolName(delta.name)) return true;
  return argumentsOf(delta) !== '' && isComplete(slot);
}

function hasOtherId(slot: Slot, delta: ToolCallDelta): boolean {
  return delta.id !== undefined && slot.offeredId !== undefined && slot.offeredId !== delta.id;
}

function isComplete(slot: Slot): boolean {
  if (slot.argumentsObject !== undefined) return true;
  return slot.argumentsText.trimEnd().endsWith('}') && isRecord(parseJson(slot.argumentsText));
}

function argumentsOf({ argumentsDelta }: Pick<ToolCallDelta, 'argumentsDelta'>): string {
  return typeof argumentsDelta === 'object' ? JSON.stringify(argumentsDelta) : (argumentsDelta ?? '').trim();
}
