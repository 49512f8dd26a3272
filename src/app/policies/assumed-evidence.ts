/** What a turn that was only assumed has read: a page of a stranger, or nothing. */
import type { TaintSourceParts } from '../../agent/approvals/taint-source.ts';

export function assumedEvidence(tainted: boolean): Pick<TaintSourceParts, 'evidence' | 'toolCalls'> {
  return {
    evidence: {
      firstUntrustedSource: async () =>
        tainted ? 'text of strangers, as this explanation assumes' : undefined,
      firstUnclaimedSender: async () => undefined,
      requestTexts: async () => [],
    },
    toolCalls: { listByRuns: async () => [] },
  };
}
