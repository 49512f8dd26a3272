/**
 * Live output of one call on its way to observers: redacted across chunk borders, bounded in total, and silent once
 * the call has been answered.
 */
import type { Redactor } from '../../security/redaction/redactor.ts';

interface ProgressSink {
  write(chunk: string): void;
  /** Forwards what was held back; later writes are dropped. */
  end(): void;
}

export function createProgressSink(
  redactor: Redactor,
  maxChars: number,
  forward: (chunk: string) => void,
): ProgressSink {
  const filter = redactor.stream();
  let remaining = maxChars;
  let open = true;
  const send = (text: string) => {
    if (text === '' || remaining <= 0) return;
    const shown = text.length <= remaining ? text : text.slice(0, remaining).toWellFormed();
    remaining -= text.length;
    forward(remaining >= 0 ? shown : `${shown}\n... (live output ends here; the result has the rest)\n`);
  };
  return {
    write(chunk) {
      if (open) send(filter.write(chunk));
    },
    end() {
      if (!open) return;
      open = false;
      send(filter.end());
    },
  };
}
