/**
 * `microclaw config get|set|unset|explain|reload`. A change goes through the running server when there is one, so that
 * it is audited and, where it can be, in force at once; otherwise the file is written here. Comments survive.
 *
 * Invariant: no credential is printed.
 */
import { z } from 'zod';
import { layoutOf } from '../../app/data-layout.ts';
import { LiveConfig } from '../../app/live-config.ts';
import { configSchema } from '../../config/config.ts';
import { ConfigFile } from '../../config/config-file.ts';
import { configReference, type Setting } from '../../config/config-reference.ts';
import { defaultConfigPath, discoverConfig } from '../../config/discover.ts';
import { checkConfig } from '../../config/load-config.ts';
import { suggestion } from '../../config/suggest.ts';
import { valueAt } from '../../config/validate.ts';
import { readYaml } from '../../config/yaml-source.ts';
import { isRecord } from '../../core/json.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { askServer, type ControlRequest } from '../control-client.ts';
import { cliErrors } from '../errors.ts';

const shownSchema = z.object({
  path: z.string(),
  config: z.record(z.string(), z.unknown()),
  written_keys: z.array(z.string()),
});

const changedSchema = z.object({
  applied: z.array(z.string()),
  restart_required: z.array(z.string()),
});

type Shown = z.infer<typeof shownSchema>;

/** Prints the value of one key, of a block or, without a key, of everything. Raises `MC_CLI_UNKNOWN_KEY`. */
export async function configGetCommand(context: CommandContext, key: string | undefined): Promise<number> {
  const { config } = await show(context);
  const value = key === undefined ? config : valueAt(config, key.split('.'));
  if (value === undefined && key !== undefined && !isKnown(key)) throw unknownKey(key);
  const yaml = await import('yaml');
  context.out(typeof value === 'string' ? `${value}\n` : yaml.stringify(value ?? null));
  return EXIT.ok;
}

/** Writes one key; `text` is YAML. Raises `MC_CONFIG_*`, `MC_CLI_INVALID_VALUE` or `MC_CLI_CONTROL_REFUSED`. */
export async function configSetCommand(context: CommandContext, key: string, text: string): Promise<number> {
  const { value: read, problems } = await readYaml(text);
  const [problem] = problems.filter(({ severity }) => severity === 'error');
  if (problem !== undefined) throw cliErrors.create('INVALID_VALUE', `${key}: ${problem.message}`);
  const value = text.trim() === '' ? null : spelledOut(read);
  if (value == null) throw cliErrors.create('EMPTY_VALUE', `no value for ${key}`);
  return await change(context, key, value);
}

/** JSON has no numbers beyond 2^53: they travel as digits in quotes, which every key for them accepts. */
function spelledOut(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(spelledOut);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spelledOut(inner)]));
}

/** Takes a key out of the file. */
export function configUnsetCommand(context: CommandContext, key: string): Promise<number> {
  return change(context, key, null);
}

/** Has the running server read the file again. Raises `MC_CLI_NO_SERVER`, `MC_CLI_CONTROL_REFUSED`. */
export async function configReloadCommand(context: CommandContext): Promise<number> {
  const answer = await ask(context, { method: 'POST', path: '/api/config/reload', body: {} });
  if (answer === undefined) throw cliErrors.create('NO_SERVER', 'no server runs on this data directory');
  report(context, changedSchema.parse(answer));
  return EXIT.ok;
}

/** Prints what a key means, what it is and when a change is in force. Raises `MC_CLI_UNKNOWN_KEY`. */
export async function configExplainCommand(context: CommandContext, key: string): Promise<number> {
  const known = settings();
  const exact = known.filter((setting) => setting.key === key || setting.key.startsWith(`${key}.`));
  // A name in a map of free names is explained by the map.
  const found = exact.length > 0 ? exact : known.filter((setting) => key.startsWith(`${setting.key}.`));
  if (found.length === 0) throw unknownKey(key);
  const shown = await show(context);
  context.out(found.map((setting) => explain(setting, shown)).join('\n'));
  return EXIT.ok;
}

function explain(setting: Setting, { config, written_keys: written, path }: Shown): string {
  const { key, description, isLive } = setting;
  const value = valueAt(config, key.split('.'));
  const source = written.includes(key) ? `set in ${path}` : 'default';
  return [
    key,
    `  ${description}`,
    `  type     ${typeOf(setting)}`,
    `  default  ${setting.defaultText ?? textOf(setting.default)}`,
    `  value    ${textOf(value)} (${source})`,
    `  a change is in force ${isLive ? 'at once' : 'after a restart'}`,
    '',
  ].join('\n');
}

function typeOf({ kind, values, min, max, isInteger }: Setting): string {
  if (kind === 'choice') return values.join(' | ');
  if (kind === 'flag') return 'true | false';
  if (kind === 'json') return 'mapping or list, written as YAML';
  if (kind !== 'number') return kind.replace('_', ' of ').replace('secret of list', 'list of credentials');
  const bounds = [min === null ? '' : `from ${min}`, max === null ? '' : `to ${max}`]
    .filter(Boolean)
    .join(' ');
  return `${isInteger ? 'whole number' : 'number'}${bounds === '' ? '' : `, ${bounds}`}`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function change(context: CommandContext, key: string, value: unknown): Promise<number> {
  if (!isKnown(key)) throw unknownKey(key);
  const body = { [key]: value };
  const answer = await ask(context, { method: 'POST', path: '/api/config', body });
  if (answer !== undefined) report(context, changedSchema.parse(answer));
  else {
    const file = await openFile(context);
    const { changed } = await file.update(body);
    context.out(changed.length === 0 ? 'nothing changed\n' : `written: ${changed.join(', ')}\n`);
  }
  return EXIT.ok;
}

function report(
  context: CommandContext,
  { applied, restart_required: waiting }: z.infer<typeof changedSchema>,
) {
  if (applied.length > 0) context.out(`in force now: ${applied.join(', ')}\n`);
  if (waiting.length > 0) context.out(`in force after a restart: ${waiting.join(', ')}\n`);
  if (applied.length + waiting.length === 0) context.out('nothing changed\n');
}

async function show(context: CommandContext): Promise<Shown> {
  const answer = await ask(context, { method: 'GET', path: '/api/config' });
  if (answer !== undefined) return shownSchema.parse(answer);
  const { path, config, writtenKeys } = await (await openFile(context)).view();
  return { path, config: { ...config }, written_keys: [...writtenKeys] };
}

/** `undefined` when no server runs. A file that cannot be used still tells where the server would be. */
async function ask(context: CommandContext, call: ControlRequest) {
  const { env, cwd, configFlag } = context;
  const { config } = await checkConfig({ flag: configFlag, env, cwd });
  return await askServer(layoutOf(config ?? configSchema.parse({})).controlSocket, call);
}

async function openFile({ env, cwd, configFlag }: CommandContext): Promise<ConfigFile> {
  const input = { flag: configFlag, env, cwd };
  const path = discoverConfig(input) ?? defaultConfigPath(input);
  const { config } = await checkConfig(input);
  return new ConfigFile({ path, live: new LiveConfig(config ?? configSchema.parse({}), env), env });
}

function settings(): readonly Setting[] {
  return configReference().flatMap((section) => section.settings);
}

/** Keys, blocks, and what is below maps with free names. */
function isKnown(key: string): boolean {
  return settings().some(
    (setting) =>
      setting.key === key || setting.key.startsWith(`${key}.`) || key.startsWith(`${setting.key}.`),
  );
}

function unknownKey(key: string): Error {
  const known = new Set(settings().map((setting) => setting.key));
  return cliErrors.create('UNKNOWN_KEY', `Unknown config key \`${key}\`${suggestion(key, known)}`);
}
