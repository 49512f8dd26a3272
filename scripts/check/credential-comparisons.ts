/**
 * Finds comparisons of secrets that take longer the more of the secret is right. Every comparison goes through
 * `src/security/access/constant-time.ts` (or, for derived keys, through the one place that verifies passwords).
 *
 * What is a secret is read from its name, so a secret has to have the name of one; comparing with a literal, `null` or
 * a number of another name (`tokens.length`) says nothing about a secret and is allowed.
 */
import { glob, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isNode, nameOf, type SyntaxNode, visitSource } from './syntax-tree.ts';

/** Files that may use the primitive itself. */
const PRIMITIVE_USERS = new Set([
  'src/security/access/constant-time.ts',
  'src/security/access/password-hash.ts',
]);
/** Comparisons of things that are no secrets although they are called like one. */
const NO_SECRETS: ReadonlyMap<string, string> = new Map([
  ['src/http/idempotency.ts', 'hashes of bodies that the sender itself wrote'],
  [
    'src/security/access/operator-password.ts',
    'the stored hash with the copy read from the same place before',
  ],
  ['src/llm/translation/thinking-signature.ts', 'marks of a model on its own output'],
  ['src/agent/guardrails/repeat-guard.ts', 'digests of calls, to find repeated ones'],
  [
    'src/storage/repositories/audit-repository.ts',
    'seals of the audit log, which anybody who can ask can also read',
  ],
  ['src/tools/files/glob-pattern.ts', 'tokens of a pattern'],
]);

const SECRET_NAME =
  /(?:token|secret|password|passphrase|csrf|cookie|signature|digest|hmac|bearer|credential|api_?key|_hash|hash)$/i;
const EQUALITY = new Set(['===', '!==', '==', '!=']);
const HARMLESS = new Set([
  'StringLiteral',
  'NumericLiteral',
  'NullLiteral',
  'BooleanLiteral',
  'UnaryExpression',
]);
const COMPARING_METHODS = new Set([
  'startsWith',
  'endsWith',
  'includes',
  'localeCompare',
  'equals',
  'compare',
]);

/** What breaks the rule in the program's sources, in words. */
export async function checkCredentialComparisons(root: string): Promise<readonly string[]> {
  const problems: string[] = [];
  let filesRead = 0;
  for await (const found of glob('src/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] })) {
    const path = found.split(sep).join('/');
    filesRead += 1;
    problems.push(...(await unsafeComparisonsOf(path, await readFile(join(root, path), 'utf8'))));
  }
  return filesRead === 0 ? ['no file was read'] : problems;
}

/** The comparisons of one file that a clock can measure. */
export async function unsafeComparisonsOf(path: string, text: string): Promise<readonly string[]> {
  const found = new Set<string>();
  await visitSource(text, (node) => {
    const secret = comparedSecret(node);
    if (secret !== undefined && !NO_SECRETS.has(path)) found.add(`compares '${secret}'`);
    if (nameOf(node) === 'timingSafeEqual' && !PRIMITIVE_USERS.has(path)) found.add('uses timingSafeEqual');
  });
  return [...found].map((what) => `${path}: ${what}: use equalsConstantTime`);
}

/** The name of the secret that a node compares in variable time. */
function comparedSecret(node: SyntaxNode): string | undefined {
  if (node.type === 'BinaryExpression' && EQUALITY.has(String(node.operator))) {
    const sides = [node.left, node.right].filter(isNode);
    if (sides.some(({ type, value }) => HARMLESS.has(type) || value === 'undefined')) return undefined;
    return sides.map(secretName).find((name) => name !== undefined);
  }
  if (node.type === 'CallExpression' && isNode(node.callee) && node.callee.type === 'MemberExpression') {
    const method = nameOf(node.callee.property);
    if (method === undefined || !COMPARING_METHODS.has(method)) return undefined;
    const [first] = Array.isArray(node.arguments) ? node.arguments : [];
    const argument: unknown = first?.expression;
    if (!isNode(argument) || HARMLESS.has(argument.type)) return undefined;
    return secretName(argument) ?? (isNode(node.callee.object) ? secretName(node.callee.object) : undefined);
  }
  return undefined;
}

/** The last part of `a`, `a.b`, `this.#b`, `a.b()` or `a ?? b`, when it is called like a secret. */
function secretName(node: SyntaxNode): string | undefined {
  const name = lastName(node);
  return name !== undefined && SECRET_NAME.test(name) ? name : undefined;
}

function lastName(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  switch (node.type) {
    case 'Identifier':
    case 'PrivateName':
      return typeof node.value === 'string' ? node.value : lastName(node.id);
    case 'MemberExpression':
      return lastName(node.property);
    case 'OptionalChainingExpression':
      return lastName(node.base);
    case 'CallExpression':
      return lastName(node.callee);
    case 'TsNonNullExpression':
    case 'TsAsExpression':
    case 'ParenthesisExpression':
      return lastName(node.expression);
    default:
      return undefined;
  }
}
