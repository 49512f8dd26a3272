/**
 * What a form needs to know about every key of the file: generated from the schema, so that it cannot fall behind.
 *
 * Invariants: a key is listed once, under its dotted name; blocks are taken apart, maps with free names and lists of
 * blocks are one key; a default is what is in force without a file, in the form `GET /api/config` shows values in.
 */
import { isRecord } from '../core/json.ts';
import { configSchema, configSections } from './config.ts';
import { redactConfig } from './config-redaction.ts';
import { configJsonSchema } from './json-schema.ts';
import { isLiveKey } from './live-keys.ts';
import { valueAt } from './validate.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * How a value is written: `list` is a list of texts or numbers, `json` anything nested. `secret` and `secret_list`
 * hold credentials or references to them.
 */
export type SettingKind = 'flag' | 'number' | 'text' | 'choice' | 'list' | 'secret' | 'secret_list' | 'json';

/** One value: of a key, or of a field of an entry. */
export interface SettingField {
  /** Dotted: `sandbox.mode`. Of an entry the name of the field, empty when the entry is the value itself. */
  readonly key: string;
  readonly kind: SettingKind;
  readonly description: string;
  /** `null` when there is none: the key may be absent. */
  readonly default: unknown;
  /** What the default is in words, where it depends on the machine. */
  readonly defaultText: string | null;
  /** What a `choice` may be; empty otherwise. */
  readonly values: readonly string[];
  readonly isInteger: boolean;
  readonly min: number | null;
  readonly max: number | null;
  /** JSON Schema of a `json` value; `null` otherwise. */
  readonly schema: JsonSchema | null;
}

/** What the entries of a `json` value are made of. */
export interface SettingEntries {
  /** A `map` gives each entry a name. */
  readonly container: 'list' | 'map';
  readonly fields: readonly SettingField[];
}

/** One key. */
export interface Setting extends SettingField {
  /** A change is in force at once; otherwise after a restart. */
  readonly isLive: boolean;
  /** `null` for what is not nested, and for entries of any form. */
  readonly entries: SettingEntries | null;
}

export interface SettingBlock {
  readonly key: string;
  readonly description: string;
}

/** Keys that belong together, in the order of the reference page. */
export interface SettingSection {
  readonly title: string;
  readonly introduction: string;
  /** The blocks that were taken apart, by dotted name, with what each is about. */
  readonly blocks: readonly SettingBlock[];
  readonly settings: readonly Setting[];
}

/** Bounds from here on say nothing: they are the widest a schema has. */
const WIDEST = 1_000_000_000;

/** Every section with its keys. */
export function configReference(): readonly SettingSection[] {
  const properties = propertiesOf(configJsonSchema());
  // Blocks that may be absent have defaults of their own inside.
  const defaults = redactConfig(configSchema.parse({ channels: { web: {} } }));
  return configSections.map(({ title, introduction, keys }) => ({
    title,
    introduction,
    blocks: Object.keys(keys).flatMap((key) => blocksAt([key], properties[key] ?? {})),
    settings: Object.keys(keys).flatMap((key) => settingsAt([key], properties[key] ?? {}, defaults)),
  }));
}

function blocksAt(path: readonly string[], schema: JsonSchema): readonly SettingBlock[] {
  const below = Object.entries(propertiesOf(schema));
  if (below.length === 0) return [];
  const block = { key: path.join('.'), description: String(schema.description ?? '') };
  return [block, ...below.flatMap(([key, child]) => blocksAt([...path, key], child))];
}

function settingsAt(path: readonly string[], schema: JsonSchema, defaults: unknown): readonly Setting[] {
  const below = Object.entries(propertiesOf(schema));
  if (below.length > 0) return below.flatMap(([key, child]) => settingsAt([...path, key], child, defaults));
  const field = fieldOf(path.join('.'), schema, valueAt(defaults, path));
  return [
    { ...field, isLive: isLiveKey(field.key), entries: field.kind === 'json' ? entriesOf(schema) : null },
  ];
}

function fieldOf(key: string, schema: JsonSchema, standard: unknown): SettingField {
  const kind = kindOf(schema);
  return {
    key,
    kind,
    description: String(schema.description ?? ''),
    default: standard ?? null,
    defaultText: typeof schema.defaultText === 'string' ? schema.defaultText : null,
    values: kind === 'choice' ? choicesOf(schema) : [],
    isInteger: schema.type === 'integer',
    min: boundOf(schema.minimum),
    max: boundOf(schema.maximum),
    schema: kind === 'json' ? schema : null,
  };
}

function entriesOf({ type, items, additionalProperties }: JsonSchema): SettingEntries | null {
  const container = type === 'array' ? 'list' : 'map';
  const entry = container === 'list' ? items : additionalProperties;
  if (!isRecord(entry)) return null;
  const fields = Object.entries(propertiesOf(entry));
  if (fields.length > 0) {
    return { container, fields: fields.map(([key, field]) => fieldOf(key, field, field.default)) };
  }
  return kindOf(entry) === 'json' ? null : { container, fields: [fieldOf('', entry, undefined)] };
}

function propertiesOf({ properties }: JsonSchema): Readonly<Record<string, JsonSchema>> {
  if (!isRecord(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isRecord(entry[1])),
  );
}

function kindOf(schema: JsonSchema): SettingKind {
  if (schema.secret === true) return 'secret';
  if (choicesOf(schema).length > 0) return 'choice';
  const { type, items } = schema;
  if (type === 'array' && isRecord(items)) {
    if (items.secret === true) return 'secret_list';
    return items.type === 'object' ? 'json' : 'list';
  }
  if (type === 'boolean') return 'flag';
  if (type === 'integer' || type === 'number') return 'number';
  const isText = type === 'string' || (Array.isArray(type) && type.includes('string'));
  return isText ? 'text' : 'json';
}

/** Words only: `true` and `false` among them are other ways to write one of the words. */
function choicesOf({ enum: values }: JsonSchema): readonly string[] {
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
}

function boundOf(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) < WIDEST ? value : null;
}
