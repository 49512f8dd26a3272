/**
 * Writes changed values into a YAML text and leaves everything else as it is: comments, order, quotes.
 *
 * Invariant: only keys whose value differs are touched.
 */
import { isDeepStrictEqual } from 'node:util';
import type * as Yaml from 'yaml';
import { isRecord } from '../core/json.ts';

type Tree = Readonly<Record<string, unknown>>;

/** The text with the values of `next` where they differ from those of `current`, which is what the text says. */
export async function editYaml(text: string, current: Tree, next: Tree): Promise<string> {
  const yaml = await import('yaml');
  const document = yaml.parseDocument(text, { intAsBigInt: true });
  if (document.contents === null) document.contents = document.createNode({}) as Yaml.ParsedNode;
  write({ yaml, document }, [], current, next);
  return document.toString({ lineWidth: 0 });
}

interface Target {
  readonly yaml: typeof Yaml;
  readonly document: Yaml.Document;
}

function write(target: Target, path: readonly string[], current: Tree, next: Tree): void {
  for (const key of Object.keys(current)) {
    if (next[key] === undefined) target.document.deleteIn([...path, key]);
  }
  for (const [key, value] of Object.entries(next)) {
    const before = current[key];
    if (value === undefined || isDeepStrictEqual(before, value)) continue;
    if (isRecord(before) && isRecord(value)) write(target, [...path, key], before, value);
    else setValue(target, [...path, key], value);
  }
}

/** The new value stands where the old one stood: in the same notation, with its comments. */
function setValue({ yaml, document }: Target, path: readonly string[], value: unknown): void {
  const before = document.getIn(path, true);
  const node = document.createNode(value);
  if (yaml.isNode(before)) {
    if (before.comment != null) node.comment = before.comment;
    if (before.commentBefore != null) node.commentBefore = before.commentBefore;
  }
  if (yaml.isCollection(before) && yaml.isCollection(node) && before.flow === true) node.flow = true;
  document.setIn(path, node);
}

/** Dotted paths of what differs; a list is one value. */
export function changedKeys(current: Tree, next: Tree, prefix = ''): readonly string[] {
  const keys = new Set([...Object.keys(current), ...Object.keys(next)]);
  return [...keys].flatMap((key) => {
    const [before, after] = [current[key], next[key]];
    if (isDeepStrictEqual(before, after)) return [];
    const path = `${prefix}${key}`;
    return isRecord(before) && isRecord(after) ? changedKeys(before, after, `${path}.`) : [path];
  });
}
