/**
 * What the page of the policy is opened with: a tool and the chat that called it. An input never stands in an address,
 * because it may hold secrets.
 */
export interface PolicyPlace {
  readonly tool: string;
  readonly sessionKey: string;
}

/** As the `key` of the page's address. */
export function formatPolicyPlace({ tool, sessionKey }: PolicyPlace): string {
  return `${tool} ${sessionKey}`;
}

/** Of an address without a key, an empty place. */
export function parsePolicyPlace(key: string | undefined): PolicyPlace {
  const [tool = '', ...session] = (key ?? '').split(' ');
  return { tool, sessionKey: session.join(' ') };
}
