/** The egress policy as a step of the executor: judges what the input of a call names. */
import type { EgressPolicy } from '../../security/egress/egress-policy.ts';
import { type Destination, findDestinations } from '../../security/egress/egress-policy-urls.ts';
import { type EgressPolicyPort, PROCEED, refuse } from '../../tools/ports.ts';
import { chatActor, type WriteToolAudit } from './policy-audit.ts';

/** One call names no more than this; resolving more would take longer than the call is worth. */
const MAX_DESTINATIONS = 32;

/** The name of the rule in refusals, audit entries and explanations; the reason names the key. */
export const EGRESS_RULE = 'egress_policy';

export interface EgressViolation {
  readonly reason: string;
  /** Origin or host. */
  readonly url: string;
}

/** The policy is read at each call. */
export function createEgressPolicyPort(policy: EgressPolicy, audit: WriteToolAudit): EgressPolicyPort {
  return {
    async check(call) {
      const { mode } = policy;
      if (mode === 'off') return PROCEED;
      const violations = await explainInput(policy, call.input, (url) => policy.explainResolved(url));
      for (const { reason, url } of violations) {
        await audit({
          kind: 'egress_policy',
          actor: chatActor(call.scope),
          action: mode,
          target: call.name,
          status: mode === 'block' ? 'blocked' : 'allowed',
          detail: `${reason}; url=${url}`,
        });
      }
      const [first] = violations;
      if (first === undefined || mode === 'warn') return PROCEED;
      return refuse(
        'egress_policy_blocked',
        `Tool call blocked by egress policy: ${first.reason}. Do not retry this destination. The operator can change ` +
          'this rule in the configuration.',
        EGRESS_RULE,
      );
    },
  };
}

/** Why a URL may not be reached; `undefined` when it may. */
type JudgeUrl = (url: string) => Promise<string | undefined>;

/** One violation per reason, in the order of the input. */
export async function explainInput(
  policy: Pick<EgressPolicy, 'explainDenied'>,
  input: unknown,
  judgeUrl: JudgeUrl,
): Promise<readonly EgressViolation[]> {
  const destinations = findDestinations(input);
  if (destinations.length > MAX_DESTINATIONS) {
    const reason = `the input names more than ${MAX_DESTINATIONS} destinations`;
    return [{ reason, url: `${destinations.length} destinations` }];
  }
  const judged = await Promise.all(
    destinations.map((destination) => explainDestination(policy, destination, judgeUrl)),
  );
  const byReason = new Map(judged.flatMap((violation) => (violation ? [[violation.reason, violation]] : [])));
  return [...byReason.values()];
}

async function explainDestination(
  policy: Pick<EgressPolicy, 'explainDenied'>,
  destination: Destination,
  judgeUrl: JudgeUrl,
): Promise<EgressViolation | undefined> {
  switch (destination.kind) {
    case 'url': {
      const reason = await judgeUrl(destination.url);
      return reason === undefined ? undefined : { reason, url: originOf(destination.url) };
    }
    case 'host': {
      const reason = policy.explainDenied(destination.host);
      return reason === undefined ? undefined : { reason, url: destination.host.text };
    }
    default:
      return destination satisfies never;
  }
}

/** What may be written down: paths and queries can carry credentials. */
function originOf(text: string): string {
  const url = URL.parse(text);
  return url === null ? '(unreadable)' : `${url.protocol}//${url.host}`;
}
