/**
 * Whether an address was given to a turn, or made up in it. An address that a page had the model put together carries
 * what the turn knows to whoever owns it.
 *
 * Invariant: only an address that stands as a whole in a text counts, never a beginning of a longer one and never one
 * with something added.
 */
import { isRecord, parseJson } from '../../core/json.ts';

/** What may follow an address in a text: closing marks, then something that no address holds, or the end. */
const END = /[.,;:!?)\]'*_>]*(?:$|[^\w\-~:/?#[\]@!$&'()*+,;=%.])/y;
/** The last character before it: none that could continue an address from the left. */
const ADDRESS_CHARACTER = /[\w\-~:/?#@!$&+,;=%.]/;

/** Whether `address` stands in `text` as a whole. */
export function standsVerbatim(text: string, address: string): boolean {
  if (address === '') return false;
  for (let at = text.indexOf(address); at !== -1; at = text.indexOf(address, at + 1)) {
    if (at > 0 && ADDRESS_CHARACTER.test(text.charAt(at - 1))) continue;
    END.lastIndex = at + address.length;
    if (END.test(text)) return true;
  }
  return false;
}

/** A call of the turn that has been answered, with what the model got. */
export interface AnsweredCall {
  readonly name: string;
  readonly inputJson: string;
  readonly output: string | null;
  readonly isError: boolean;
}

/**
 * Whether results of the turn gave it the address. Failures name what they were given, and other tools give back what
 * was put into them, so an address that the model has written into another call does not count.
 */
export function isFromResults(calls: readonly AnsweredCall[], tool: string, address: string): boolean {
  const echoes = calls.some(
    (call) => mentions(parseJson(call.inputJson), address) && !isSameFetch(call, tool, address),
  );
  if (echoes) return false;
  return calls.some(({ output, isError }) => !isError && output !== null && standsVerbatim(output, address));
}

function isSameFetch(call: AnsweredCall, tool: string, address: string): boolean {
  const input = parseJson(call.inputJson);
  return call.name === tool && isRecord(input) && input.url === address;
}

function mentions(value: unknown, address: string): boolean {
  if (typeof value === 'string') return value.includes(address);
  if (Array.isArray(value)) return value.some((item) => mentions(item, address));
  return (
    isRecord(value) &&
    Object.entries(value).some(([key, item]) => key.includes(address) || mentions(item, address))
  );
}
