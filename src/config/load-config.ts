/**
 * Loads the configuration: finds the file, reads it, resolves credentials, checks everything, fills in defaults.
 *
 * Invariants: without a file the defaults are a complete configuration; every finding carries its place in the file;
 * the values of credentials are returned once, for the redactor, and appear in no message.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorMessage } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { type Config, configSchema } from './config.ts';
import { type ConfigPath, type ConfigProblem, formatPath, formatProblem } from './config-problem.ts';
import { decodeConfig } from './config-text.ts';
import { crossCheck } from './cross-checks.ts';
import { type DiscoveryInput, discoverConfig } from './discover.ts';
import { configErrors } from './errors.ts';
import { mergeAliases } from './merge-aliases.ts';
import { checkPatterns } from './pattern-check.ts';
import { secretLeaves } from './schema-walk.ts';
import { parseSecretReference, resolveSecret, type SecretContext } from './secret-reference.ts';
import { type Finding, validateConfig, valueAt } from './validate.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** A credential of the configuration: the key it belongs to, and its value. */
export interface ConfigSecret {
  readonly key: string;
  readonly value: string;
}

/** Outcome of reading a configuration, right or wrong. */
export interface CheckedConfig {
  /** `null` when there is no file. */
  readonly path: string | null;
  /** Absent when a problem is an error. */
  readonly config?: Config;
  /** In the order of the file. */
  readonly problems: readonly ConfigProblem[];
  readonly secrets: readonly ConfigSecret[];
}

/** A usable configuration. */
export interface LoadedConfig {
  readonly config: Config;
  readonly path: string | null;
  readonly warnings: readonly ConfigProblem[];
  readonly secrets: readonly ConfigSecret[];
}

/** Reads and checks. Raises only when the file cannot be found or read (`MC_CONFIG_*`). */
export async function checkConfig(input: DiscoveryInput): Promise<CheckedConfig> {
  const path = discoverConfig(input);
  const text = path === null ? '' : readText(path);
  const context = { env: input.env, baseDir: path === null ? input.cwd : dirname(path) };
  return { path, ...(await checkText(text, context)) };
}

/** As `checkConfig`, but an error in the file raises `MC_CONFIG_INVALID` with every problem in its message. */
export async function loadConfig(input: DiscoveryInput): Promise<LoadedConfig> {
  const { path, config, problems, secrets } = await checkConfig(input);
  if (config === undefined) {
    const errors = problems.filter((problem) => problem.severity === 'error');
    const lines = errors.map((problem) => formatProblem(problem, path));
    throw configErrors.create('INVALID', lines.join('\n'), { data: { path, problems } });
  }
  return { config, path, warnings: problems, secrets };
}

/** Checks the text of a file. */
export async function checkText(text: string, context: SecretContext): Promise<Omit<CheckedConfig, 'path'>> {
  // A file without content needs no parser, and not loading it makes a start without configuration faster.
  if (text.trim() === '')
    return { config: withSnapDefaults(configSchema.parse({}), context.env), problems: [], secrets: [] };
  const source = await readYaml(text);
  if (source.value === undefined) return { problems: source.problems, secrets: [] };

  const aliased = mergeAliases(source.value);
  const resolved = await resolveSecrets(aliased.root, context);
  const validation = validateConfig(resolved.root);
  const config = validation.config;
  const findings = [
    ...resolved.findings,
    ...validation.findings,
    ...(config === undefined || resolved.findings.length > 0
      ? []
      : [...crossCheck(config), ...(await checkPatterns(config))]),
  ];
  const problems = [
    ...source.problems,
    ...findings.map((finding) => place(finding, source, aliased.originOf)),
  ].sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
  const failed = config === undefined || problems.some((problem) => problem.severity === 'error');
  return {
    ...(failed ? {} : { config: withSnapDefaults(config, context.env) }),
    problems,
    secrets: resolved.secrets,
  };
}

/** At once: a command has nothing else to do, and has no use for the rest of the file system yet. */
function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw configErrors.create('UNREADABLE', `cannot read ${path}: ${errorMessage(cause)}`, { cause });
  }
  return decodeConfig(bytes, path);
}

async function resolveSecrets(root: unknown, context: SecretContext) {
  const copy = structuredClone(root);
  const secrets: ConfigSecret[] = [];
  const findings: Finding[] = [];
  for (const { path, text } of secretLeaves(configSchema, root)) {
    const outcome = await resolveSecret(parseSecretReference(text), context);
    const key = formatPath(path);
    if (!outcome.ok) {
      findings.push({ severity: 'error', path, part: 'value', message: `\`${key}\`: ${outcome.message}` });
      continue;
    }
    if (outcome.value !== '') secrets.push({ key, value: outcome.value });
    setAt(copy, path, outcome.value);
  }
  return { root: copy, secrets, findings };
}

function setAt(root: unknown, path: ConfigPath, value: string): void {
  const parent = valueAt(root, path.slice(0, -1));
  const key = path.at(-1);
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else if (isRecord(parent) && key !== undefined) parent[key] = value;
}

function place(
  finding: Finding,
  source: YamlSource,
  originOf: (path: ConfigPath) => ConfigPath,
): ConfigProblem {
  const position = source.positionOf(originOf(finding.path), finding.part);
  const { severity, message } = finding;
  return { severity, key: formatPath(finding.path), message, ...position };
}

/** Inside a snap the data root is the directory that the snap may write. */
function withSnapDefaults(config: Config, env: SecretContext['env']): Config {
  if (config.data_dir === '') return withSnapDefaults({ ...config, data_dir: '~/.microclaw' }, env);
  const common = env.SNAP === undefined ? undefined : env.SNAP_USER_COMMON;
  return common !== undefined && config.data_dir === '~/.microclaw'
    ? { ...config, data_dir: common }
    : config;
}
