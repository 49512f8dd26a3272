/** `microclaw config check`: everything that is wrong or doubtful, with its line (config-cli §3.2). */
import { configuredEgressPolicy, findEgressConflict } from '../../app/policies/egress-endpoints.ts';
import { type Config, isWebEnabled } from '../../config/config.ts';
import type { ConfigProblem } from '../../config/config-problem.ts';
import { type CheckedConfig, checkConfig } from '../../config/load-config.ts';
import { errorMessage } from '../../core/errors.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { checkModel, type ModelCheck } from '../model-check.ts';
import { reportError } from '../report-error.ts';

export interface ConfigCheckOptions {
  readonly json: boolean;
}

interface Report {
  readonly path: string | null;
  readonly problems: readonly ConfigProblem[];
  readonly config?: Config;
  readonly model?: ModelCheck;
}

/** Exit code 0 without errors, 1 with errors, 2 when there is no file or it cannot be read. */
export async function configCheckCommand(
  context: CommandContext,
  options: ConfigCheckOptions,
): Promise<number> {
  const { env, cwd, configFlag } = context;
  let checked: CheckedConfig;
  try {
    checked = await checkConfig({ flag: configFlag, env, cwd });
  } catch (error) {
    reportError(context, error);
    if (options.json) context.out(`${JSON.stringify(notRead(errorMessage(error)))}\n`);
    return EXIT.usage;
  }
  if (checked.path === null) {
    if (options.json) context.out(`${JSON.stringify(notRead('No microclaw.config.yaml found.'))}\n`);
    context.err('Error: No microclaw.config.yaml found.\n');
    context.err(
      'hint: none is needed: `microclaw start` uses defaults. docs/configuration.md lists every key.\n',
    );
    return EXIT.usage;
  }
  const report = withEgress(withModel({ ...checked, path: checked.path }, env), env);
  if (options.json) context.out(`${JSON.stringify(toJson(report))}\n`);
  else context.out(toText(report));
  return isOk(report) ? EXIT.ok : EXIT.failure;
}

/** The report about a file that is not there or cannot be read. */
function notRead(message: string): Record<string, unknown> {
  const problem: ConfigProblem = { severity: 'error', key: '', message };
  return toJson({ path: null, problems: [problem] });
}

function withModel(report: Report, env: CommandContext['env']): Report {
  if (report.config === undefined) return report;
  const model = checkModel(report.config, env);
  if (model.problem === undefined) return { ...report, model };
  const problem: ConfigProblem = { severity: 'error', key: 'api_key', message: model.problem };
  return { ...report, model, problems: [...report.problems, problem] };
}

/** What would keep the program from starting once the rules of the file meet its addresses. */
function withEgress(report: Report, env: CommandContext['env']): Report {
  if (report.config === undefined) return report;
  const conflict = findEgressConflict(configuredEgressPolicy(report.config), report.config, env);
  if (conflict === undefined) return report;
  const problem: ConfigProblem = { severity: 'error', key: 'egress_policy', message: conflict.message };
  return { ...report, problems: [...report.problems, problem] };
}

function isOk({ problems }: Report): boolean {
  return problems.every((problem) => problem.severity === 'warning');
}

function channelsOf(config: Config): {
  readonly enabled: readonly string[];
  readonly off: readonly string[];
} {
  const web = isWebEnabled(config);
  return { enabled: web ? ['web'] : [], off: !web && config.channels.web !== undefined ? ['web'] : [] };
}

function toText(report: Report): string {
  const lines = [`Checking ${report.path}`, ...report.problems.map(problemLine)];
  if (!isOk(report)) {
    return `${[...lines, '✗ Config has errors — fix them and re-run.'].join('\n')}\n`;
  }
  if (report.model !== undefined) {
    lines.push(`  provider: ${report.model.provider} · model: ${report.model.model}`);
  }
  if (report.config !== undefined) {
    const { enabled, off } = channelsOf(report.config);
    lines.push(`  channels enabled: ${enabled.join(', ') || 'none'}`);
    if (off.length > 0) lines.push(`  configured but disabled: ${off.join(', ')}`);
  }
  lines.push(`✓ Config OK${report.problems.length > 0 ? ' (with warnings)' : ''}`);
  return `${lines.join('\n')}\n`;
}

function problemLine({ severity, message, line, column }: ConfigProblem): string {
  const place = line === undefined ? '' : ` (line ${line}, column ${column})`;
  return `  ${severity === 'error' ? '✗' : '⚠'} ${message}${place}`;
}

function toJson(report: Report): Record<string, unknown> {
  return {
    ok: isOk(report),
    path: report.path,
    problems: report.problems,
    provider: report.model?.provider ?? null,
    model: report.model?.model ?? null,
    channels_enabled: report.config === undefined ? null : channelsOf(report.config).enabled,
  };
}
