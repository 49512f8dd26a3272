/** The configuration file and what it says. */
import { isWebEnabled } from '../../config/config.ts';
import { formatProblem } from '../../config/config-problem.ts';
import { configFileWarnings, fileMode, formatMode } from '../../config/file-mode.ts';
import type { CheckedConfig } from '../../config/load-config.ts';
import { MicroclawError } from '../../core/errors.ts';
import type { DoctorCheck, DoctorFacts } from './check.ts';

const MAX_CONTEXT_CHARS = 32_000;
const MAX_USER_MODEL_CHARS = 8000;

/** Presence and validity, file mode, channels, and single settings worth a look. */
export async function configChecks({ configuration }: DoctorFacts): Promise<readonly DoctorCheck[]> {
  if (configuration instanceof Error) {
    const hint = configuration instanceof MicroclawError ? configuration.hint : undefined;
    const fix = hint ?? 'check the path of the file and its owner';
    return [
      { id: 'config.file', title: 'Configuration', status: 'fail', detail: configuration.message, fix },
    ];
  }
  const checks = [fileCheck(configuration), patternCheck(configuration)];
  if (configuration.path !== null) checks.push(await modeCheck(configuration.path));
  return [...checks, ...settingChecks(configuration)];
}

function fileCheck({ path, config, problems }: CheckedConfig): DoctorCheck {
  const check = { id: 'config.file', title: 'Configuration' };
  if (path === null) return { ...check, status: 'warn', detail: 'no file; every key has its default' };
  const errors = problems.filter((problem) => problem.severity === 'error');
  const listed = (errors.length > 0 ? errors : problems).map((problem) => formatProblem(problem, path));
  if (config === undefined) {
    return { ...check, status: 'fail', detail: listed.join('\n'), fix: 'correct the lines named here' };
  }
  return { ...check, status: 'pass', detail: [path, ...listed].join('\n') };
}

function patternCheck({ config, problems }: CheckedConfig): DoctorCheck {
  const check = { id: 'bash.dangerous_patterns', title: 'Patterns of dangerous commands' };
  const broken = problems.filter(
    ({ key, severity }) => severity === 'error' && key.startsWith('bash_dangerous_patterns'),
  );
  if (broken.length > 0) {
    const detail = broken.map(({ message }) => message).join('\n');
    return { ...check, status: 'fail', detail, fix: 'correct the regular expressions' };
  }
  const count = config?.bash_dangerous_patterns.length ?? 0;
  return { ...check, status: 'pass', detail: `${count} configured` };
}

async function modeCheck(path: string): Promise<DoctorCheck> {
  const check = { id: 'config.mode', title: 'Mode of the configuration file' };
  const [warning] = await configFileWarnings(path);
  if (warning !== undefined) return { ...check, status: 'warn', detail: warning.message, fix: warning.hint };
  const mode = await fileMode(path);
  return { ...check, status: 'pass', detail: mode === null ? 'not known on this system' : formatMode(mode) };
}

function settingChecks({ config }: CheckedConfig): readonly DoctorCheck[] {
  if (config === undefined) return [];
  const web = isWebEnabled(config);
  return [
    {
      id: 'channels.enabled',
      title: 'Channels',
      status: web ? 'pass' : 'fail',
      detail: web ? 'web' : 'none is enabled',
    },
    rangeCheck('context.max_chars', 'Project context', config.context_max_chars, MAX_CONTEXT_CHARS),
    rangeCheck('user_model.max_chars', 'User model', config.user_model_max_chars, MAX_USER_MODEL_CHARS),
  ];
}

function rangeCheck(id: string, title: string, value: number, max: number): DoctorCheck {
  const isUsual = value >= 1 && value <= max;
  return { id, title, status: isUsual ? 'pass' : 'warn', detail: `${value} characters (usual: 1–${max})` };
}
