/**
 * A YAML text as plain values, with the place of each.
 *
 * Invariants: whole numbers beyond 2^53 stay exact (`bigint`); a text with a syntax error gives no value; nothing in
 * the text can make this loop or grow without bound (the parser bounds aliases).
 */
import type * as Yaml from 'yaml';
import { errorMessage } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import type { ConfigPath, ConfigProblem } from './config-problem.ts';

/** Where something is written; both count from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

export interface YamlSource {
  /** Root of the file; an empty file is an empty mapping; `undefined` after a syntax error. */
  readonly value: unknown;
  /** Syntax errors (`error`) and doubtful notation (`warning`). */
  readonly problems: readonly ConfigProblem[];
  /** Place of the value at `path`, or of its key; of the nearest existing parent when there is neither. */
  positionOf(path: ConfigPath, part: 'key' | 'value'): SourcePosition | undefined;
}

/** Where the parser's own words are meant for programmers. */
const SENTENCES: Readonly<Partial<Record<Yaml.ErrorCode, string>>> = {
  MULTIPLE_DOCS: 'A second document begins here (`---`), and the configuration is one',
};

/** Reads a YAML text. Loads the parser on first use. */
export async function readYaml(text: string): Promise<YamlSource> {
  const yaml = await import('yaml');
  const counter = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { intAsBigInt: true, lineCounter: counter, prettyErrors: false });
  const at = (offset: number): SourcePosition => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  const syntaxErrors = document.errors.map(
    (error): ConfigProblem => ({
      severity: 'error',
      key: '',
      message: `YAML syntax error: ${SENTENCES[error.code] ?? error.message}`,
      ...at(error.pos[0]),
    }),
  );
  const { value, failure } = syntaxErrors.length > 0 ? {} : plainValue(document);
  if (failure !== undefined) {
    syntaxErrors.push({ severity: 'error', key: '', message: `YAML error: ${failure}` });
  }
  const doubts = document.warnings.map(
    (warning): ConfigProblem => ({
      severity: 'warning',
      key: '',
      message: warning.message,
      ...at(warning.pos[0]),
    }),
  );
  return {
    value,
    problems: [...syntaxErrors, ...doubts],
    positionOf(path, part) {
      const offset = offsetOf(yaml, document.contents, path, part);
      return offset === undefined ? undefined : at(offset);
    },
  };
}

/** An alias that leads nowhere, or too many of them, only show when the value is made. */
function plainValue(document: Yaml.Document): { readonly value?: unknown; readonly failure?: string } {
  try {
    return { value: exactNumbers(document.toJS()) ?? {} };
  } catch (error) {
    return { failure: errorMessage(error) };
  }
}

type YamlModule = typeof Yaml;

/** Key and value of one level; both are absent where the path leads nowhere. */
interface Level {
  readonly key?: unknown;
  readonly value?: unknown;
}

function descend(yaml: YamlModule, parent: unknown, step: string | number): Level | undefined {
  if (yaml.isSeq(parent)) return typeof step === 'number' ? { value: parent.items[step] } : undefined;
  if (!yaml.isMap(parent)) return undefined;
  return parent.items.find(({ key }) => String(yaml.isScalar(key) ? key.value : key) === String(step));
}

/** Offset of the first character of a node; a value that is not written has none. */
function startOf(yaml: YamlModule, node: unknown): number | undefined {
  if (!yaml.isNode(node) || (yaml.isScalar(node) && node.value === null)) return undefined;
  return node.range?.[0];
}

function offsetOf(
  yaml: YamlModule,
  root: unknown,
  path: ConfigPath,
  part: 'key' | 'value',
): number | undefined {
  let node = root;
  let offset = startOf(yaml, root);
  for (const [depth, step] of path.entries()) {
    const level = descend(yaml, node, step);
    if (level === undefined) return offset;
    const keyOffset = startOf(yaml, level.key);
    const valueOffset = startOf(yaml, level.value);
    const wantsValue = part === 'value' && depth === path.length - 1;
    offset = (wantsValue ? (valueOffset ?? keyOffset) : (keyOffset ?? valueOffset)) ?? offset;
    node = level.value;
  }
  return offset;
}

/** Replaces every `bigint` that a plain number can hold. */
function exactNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const plain = Number(value);
    return Number.isSafeInteger(plain) ? plain : value;
  }
  if (Array.isArray(value)) return value.map(exactNumbers);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exactNumbers(inner)]));
}
