/**
 * The environment of commands: a short allowlist of the program's own variables. Provider keys, bot tokens and the
 * program's settings are not on it, so a command cannot print what it never received.
 */

const ALLOWED_NAMES: ReadonlySet<string> = new Set(['PATH', 'HOME', 'LANG', 'TERM', 'TZ', 'USER']);
const FALLBACK_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface CommandEnvironmentOptions {
  /** The program's environment. */
  readonly source: Readonly<Record<string, string | undefined>>;
  readonly tmpDir: string;
  /** Variables meant for the command; they win over everything else. */
  readonly extra?: Readonly<Record<string, string>>;
}

export function commandEnvironment(options: CommandEnvironmentOptions): Record<string, string> {
  const environment: Record<string, string> = { PATH: FALLBACK_PATH };
  for (const [name, value] of Object.entries(options.source)) {
    if (value === undefined) continue;
    if (ALLOWED_NAMES.has(name) || name.startsWith('LC_')) environment[name] = value;
  }
  return { ...environment, TMPDIR: options.tmpDir, ...options.extra };
}
