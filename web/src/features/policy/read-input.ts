/** The input of a call as the operator writes it. */

export type WrittenInput =
  | { readonly kind: 'input'; readonly input: Readonly<Record<string, unknown>> | undefined }
  | { readonly kind: 'invalid'; readonly reason: string };

/** A JSON object; nothing leaves the input out of the judgement. */
export function readInput(text: string): WrittenInput {
  if (text.trim() === '') return { kind: 'input', input: undefined };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { kind: 'input', input: value as Record<string, unknown> }; // a parsed JSON object
    }
    return { kind: 'invalid', reason: 'It must be an object, such as {"command":"ls"}.' };
  } catch {
    return { kind: 'invalid', reason: 'It is not JSON.' };
  }
}
