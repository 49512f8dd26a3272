/** The reference page of the configuration, from the schema: one table per section, nested blocks below it. */
import { configSections } from '../../src/config/config.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { isLiveKey } from '../../src/config/live-keys.ts';
import { isRecord } from '../../src/core/json.ts';

const INTRODUCTION = `# Configuration

Generated from the schema by \`npm run docs\`. An editor that knows
[\`configuration.schema.json\`](configuration.schema.json) completes and checks the file.

Every key is optional, and so is the file. It is looked for in this order: \`--config PATH\`, \`MICROCLAW_CONFIG\`,
\`./microclaw.config.yaml\`, \`./microclaw.config.yml\`. \`microclaw config check\` says what is wrong with it, with line
and column; unknown keys are warnings, wrong types and values stop the start.

A running server follows changes of the keys marked ⟳ at once: those made in the console or with \`PUT /api/config\`, those
made in the file, and on SIGHUP. The others wait for a restart.

Keys marked **credential** may hold the value itself or a reference: \`env:NAME\` or \`\${NAME}\` for an environment
variable, \`file:/path\` for the content of a file. Their values never appear in logs or messages.
`;

type JsonSchema = Readonly<Record<string, unknown>>;

/** The whole page. */
export function renderConfigPage(): string {
  const properties = propertiesOf(configJsonSchema());
  const parts = configSections.map(({ title, introduction, keys }) => {
    const rows = Object.keys(keys).flatMap((key) => rowsOf(key, properties[key] ?? {}));
    return [
      `## ${title}`,
      '',
      introduction,
      '',
      '| Key | Type | Default | Meaning |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  return `${[INTRODUCTION, ...parts].join('\n\n').replaceAll('\n\n\n', '\n\n')}\n`;
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const { properties } = schema;
  if (!isRecord(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isRecord(entry[1])),
  );
}

/** The key itself and everything below it, with dotted names. */
function rowsOf(key: string, schema: JsonSchema): readonly string[] {
  const own = `| \`${key}\` | ${typeOf(schema)} | ${defaultOf(schema)} | ${meaningOf(schema, key)} |`;
  const { items, additionalProperties } = schema;
  const below = [
    ...children(key, schema),
    ...(isRecord(items) ? children(`${key}[]`, items) : []),
    ...(isRecord(additionalProperties) ? children(`${key}.<name>`, additionalProperties) : []),
  ];
  return [own, ...below];
}

function children(prefix: string, schema: JsonSchema): readonly string[] {
  return Object.entries(propertiesOf(schema)).flatMap(([key, child]) => rowsOf(`${prefix}.${key}`, child));
}

function typeOf(schema: JsonSchema): string {
  const { type, items, enum: values, minimum, maximum } = schema;
  if (Array.isArray(values)) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (type === 'array') return `list of ${isRecord(items) ? typeOf(items) : 'values'}`;
  if (type === 'object') return schema.properties === undefined ? 'table' : 'block';
  const name = Array.isArray(type) ? type.join(' or ') : String(type ?? 'value');
  const words = name
    .replace('string', 'text')
    .replace('integer', 'whole number')
    .replace('boolean', 'true/false');
  return `${words}${boundsOf(minimum, maximum)}`;
}

/** Bounds that say nothing (the widest a schema has) are left out. */
function boundsOf(minimum: unknown, maximum: unknown): string {
  const max = typeof maximum === 'number' && maximum < 1_000_000_000 ? maximum : undefined;
  const min = typeof minimum === 'number' && minimum > -1_000_000_000 ? minimum : undefined;
  if (max !== undefined) return ` ${min ?? 0}–${max}`;
  return min === undefined || min === 0 ? '' : ` ≥ ${min}`;
}

function defaultOf(schema: JsonSchema): string {
  if (typeof schema.defaultText === 'string') return schema.defaultText;
  const value = schema.default;
  if (value === undefined || isRecord(value)) return '';
  return `\`${JSON.stringify(value)}\``;
}

function meaningOf(schema: JsonSchema, key: string): string {
  const isSecret = schema.secret === true || (isRecord(schema.items) && schema.items.secret === true);
  const credential = isSecret ? ' **credential**' : '';
  const live = isLiveKey(key) ? ' ⟳' : '';
  return `${String(schema.description ?? '')}${credential}${live}`.replaceAll('|', '\\|').trim();
}
