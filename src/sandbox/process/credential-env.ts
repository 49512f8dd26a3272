/**
 * Keeps variables whose name says that they are credentials out of sandboxes (tools §13). The names are a net, not a
 * wall: what a command must not learn has no place in an env file of its chat.
 */

const CREDENTIAL_WORDS = [
  'API_KEY',
  'ACCESS_KEY',
  'PRIVATE_KEY',
  'SECRET',
  'TOKEN',
  'PASSWORD',
  'PASSWD',
  'CREDENTIAL',
  'AUTHORIZATION',
] as const;

/** The variables that may enter a sandbox; names on `allowlist` may, whatever they contain. */
export function withoutCredentials(
  env: Readonly<Record<string, string>>,
  allowlist: readonly string[],
): Record<string, string> {
  const allowed = new Set(allowlist.map((name) => name.toUpperCase()));
  const entries = Object.entries(env).filter(([name]) => {
    const upper = name.toUpperCase();
    return allowed.has(upper) || !CREDENTIAL_WORDS.some((word) => upper.includes(word));
  });
  return Object.fromEntries(entries);
}
