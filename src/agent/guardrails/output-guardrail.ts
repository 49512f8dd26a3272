/**
 * Keeps credentials out of what people see of the model's answers (agent-runtime §1): values that this process holds
 * and texts that have the form of a well-known credential.
 *
 * Invariant: with a guardrail, no part of an answer is shown before the whole of it was checked. The session keeps the
 * answer as the model gave it; people never see that.
 */
import type { Redactor } from '../../security/redaction/redactor.ts';

/** `redact` replaces what is found by a label, `block` withholds the whole answer. */
export type OutputGuardrailMode = 'off' | 'redact' | 'block';

export const WITHHELD_TEXT = '[message withheld by output guardrail: a credential-like string was detected]';

export interface OutputGuardrail {
  /** Whether answers have to be checked whole, so that they cannot be shown while they are written. */
  readonly isOn: boolean;
  /** The text as people may see it. The same for a text that has been checked before. */
  check(text: string): string;
}

export function createOutputGuardrail(mode: OutputGuardrailMode, redactor: Redactor): OutputGuardrail {
  if (mode === 'off') return { isOn: false, check: (text) => text };
  return {
    isOn: true,
    check(text) {
      const redacted = redactor.redactForLog(text);
      return mode === 'block' && redacted !== text ? WITHHELD_TEXT : redacted;
    },
  };
}
