/**
 * Writes changed values into a YAML text and leaves everything else as it is: comments, order, quotes, layout.
 *
 * Invariant: only keys whose value differs are touched.
 */
import { isDeepStrictEqual } from 'node:util';
import type * as Yaml from 'yaml';
import { isRecord } from '../core/json.ts';
import { keepLayout } from './keep-layout.ts';
import { readYaml } from './yaml-source.ts';

type Tree = Readonly<Record<string, unknown>>;

/** The text with the values of `next` where they differ from those of `current`, which is what the text says. */
export async function editYaml(text: string, current: Tree, next: Tree): Promise<string> {
  const edited = await edit(text, current, next);
  const { value: said } = await readYaml(edited);
  // Where an alias stood for what was changed, its value was changed with it: it is written out now.
  return isRecord(said) && !isDeepStrictEqual(said, next) ? await edit(edited, said, next) : edited;
}

async function edit(text: string, current: Tree, next: Tree): Promise<string> {
  const yaml = await import('yaml');
  const document = yaml.parseDocument(text, { intAsBigInt: true });
  if (!yaml.isMap(document.contents)) return await appendTo(text, next);
  write({ yaml, document }, [], current, next);
  const changed = new Set(changedKeys(current, next).map((key) => key.split('.')[0] ?? ''));
  return keepLayout(yaml, text, document.toString({ lineWidth: 0, ...notationOf(text) }), changed);
}

/** For a text of nothing but comments, such as a file that somebody is about to fill in: they stay. */
async function appendTo(text: string, next: Tree): Promise<string> {
  const yaml = await import('yaml');
  const added = yaml.stringify(next);
  const whole = `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${added}`;
  const document = yaml.parseDocument(whole, { intAsBigInt: true });
  return document.errors.length === 0 && yaml.isMap(document.contents) ? whole : added;
}

/** How the text writes lists, for the values that change. */
function notationOf(text: string): Yaml.ToStringOptions {
  return {
    flowCollectionPadding: /[[{] /.test(text),
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\r?\n\1- /m.test(text),
  };
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
    // An alias is no mapping of its own: another key holds what it stands for.
    const isMapping = target.yaml.isMap(target.document.getIn([...path, key], true));
    if (isMapping && isRecord(before) && isRecord(value)) write(target, [...path, key], before, value);
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
