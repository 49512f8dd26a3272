/**
 * Finds code that opens a connection of its own. Everything that a model, a page, a feed or a configured service makes
 * the program ask for goes through the egress client, because only there every address is judged; whoever opens a
 * socket elsewhere goes around that boundary.
 *
 * The check reads syntax, not text, so that comments and strings do not count. It cannot see a library that connects by
 * itself: a client library has to be given our `fetch`, and its line in `docs/dependencies.md` says so.
 */
import { glob, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isNode, nameOf, type SyntaxNode, stringOf, visitSource } from './syntax-tree.ts';

/** Files that may open connections, and where to. */
const GATES: ReadonlyMap<string, string> = new Map([
  ['src/security/egress/egress-client.ts', 'the egress client'],
  ['src/security/egress/checked-lookup.ts', 'its name resolution'],
  ['src/llm/transport/model-fetch.ts', "the operator's own model endpoints"],
  ['src/cli/control-client.ts', 'the control socket of this data directory'],
  ['src/http/http-server.ts', 'whether the control socket is in use'],
]);

const NETWORK_MODULES =
  /^(?:node:)?(?:https?|http2|net|tls|dgram|dns|dns\/promises|inspector)$|^(?:undici|ws)$/;
/** Exports of those modules that reach nobody. */
const HARMLESS_EXPORTS = new Set(['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'createServer', 'STATUS_CODES']);
const NETWORK_GLOBALS = new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']);
const GLOBAL_OBJECTS = new Set(['globalThis', 'global', 'self']);
const MODULE_LOADERS = new Set(['require', 'getBuiltinModule']);
/** Where an identifier is a name that is given, not a value that is used. */
const NAMING_FIELDS = new Set(['key', 'property', 'id', 'pat', 'label', 'local', 'imported', 'exported']);

/** What breaks the rule in the program's sources, in words. */
export async function checkOutgoingRequests(root: string): Promise<readonly string[]> {
  const problems: string[] = [];
  let filesRead = 0;
  for await (const found of glob('src/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] })) {
    const path = found.split(sep).join('/');
    filesRead += 1;
    if (GATES.has(path)) continue;
    problems.push(...(await outgoingRequestsOf(path, await readFile(join(root, path), 'utf8'))));
  }
  return filesRead === 0 ? ['no file was read'] : problems;
}

/** The connections that one file opens. */
export async function outgoingRequestsOf(path: string, text: string): Promise<readonly string[]> {
  const uses = new Set<string>();
  await visitSource(text, (node) => {
    for (const use of usesOf(node)) uses.add(use);
  });
  return [...uses].map((use) => `${path}: ${use}: go through the egress client`);
}

function usesOf(node: SyntaxNode): readonly string[] {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return importsOf(node);
    case 'CallExpression':
      return loadsOf(node);
    case 'MemberExpression':
      return memberOf(node);
    default:
      return globalsOf(node);
  }
}

function importsOf(node: SyntaxNode): readonly string[] {
  const source = stringOf(node.source);
  if (source === undefined || !NETWORK_MODULES.test(source) || node.typeOnly === true) return [];
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : [];
  if (specifiers.length === 0) return [`loads ${source}`];
  return specifiers.flatMap((specifier) => {
    if (specifier.isTypeOnly === true) return [];
    const name = nameOf(specifier.imported) ?? nameOf(specifier.orig) ?? nameOf(specifier.local);
    const isNamed = specifier.type === 'ImportSpecifier' || specifier.type === 'ExportSpecifier';
    return isNamed && name !== undefined && HARMLESS_EXPORTS.has(name)
      ? []
      : [`imports ${isNamed ? name : 'all'} of ${source}`];
  });
}

/** `import('node:http')`, `require('http')`, `process.getBuiltinModule('net')`. */
function loadsOf(node: SyntaxNode): readonly string[] {
  const callee = isNode(node.callee) ? node.callee : undefined;
  const loader = nameOf(callee) ?? nameOf(callee?.property);
  const isLoader = callee?.type === 'Import' || (loader !== undefined && MODULE_LOADERS.has(loader));
  const [first] = Array.isArray(node.arguments) ? node.arguments : [];
  const source = isLoader
    ? stringOf((first as { readonly expression?: unknown } | undefined)?.expression)
    : undefined;
  const loads = source !== undefined && NETWORK_MODULES.test(source) ? [`loads ${source}`] : [];
  return [...loads, ...globalsOf(node)];
}

/** `globalThis.fetch`, `globalThis['fetch']`; and what any expression may hold. */
function memberOf(node: SyntaxNode): readonly string[] {
  const object = nameOf(node.object);
  const property = isNode(node.property) ? node.property : undefined;
  const name = nameOf(property) ?? stringOf(property?.expression);
  const isGlobal = object !== undefined && GLOBAL_OBJECTS.has(object);
  const uses = isGlobal && name !== undefined && NETWORK_GLOBALS.has(name) ? [`uses ${object}.${name}`] : [];
  return [...uses, ...globalsOf(node)];
}

/** Bare `fetch`, `WebSocket` and the like among the children of a node, where they are values. */
function globalsOf(node: SyntaxNode): readonly string[] {
  if (node.type.startsWith('Ts') && !node.type.endsWith('Expression')) return [];
  const isFunction = node.type.includes('Function') || node.type.includes('Pattern');
  return Object.entries(node).flatMap(([field, value]) => {
    if (NAMING_FIELDS.has(field) || (isFunction && (field === 'params' || field === 'value'))) return [];
    const children: readonly unknown[] = Array.isArray(value) ? value : [value];
    return children.flatMap((child) => {
      const name = nameOf(child) ?? nameOf((child as { readonly expression?: unknown } | null)?.expression);
      return name !== undefined && NETWORK_GLOBALS.has(name) ? [`uses ${name}`] : [];
    });
  });
}
