/** `microclaw doctor`: looks at everything that has to be right, changes nothing (config-cli §5). */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { checkConfig } from '../../config/load-config.ts';
import { errorMessage, MicroclawError } from '../../core/errors.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import type { CheckStatus, DoctorCheck, DoctorFacts, DoctorProbe } from '../doctor/check.ts';
import { configChecks } from '../doctor/config-checks.ts';
import { hookChecks } from '../doctor/hook-checks.ts';
import { modelChecks } from '../doctor/model-checks.ts';
import { platformChecks } from '../doctor/platform-checks.ts';
import { allSandboxChecks, sandboxChecks } from '../doctor/sandbox-checks.ts';
import { selfCheckChecks } from '../doctor/self-check-checks.ts';
import { storageChecks } from '../doctor/storage-checks.ts';
import { webChecks } from '../doctor/web-checks.ts';
import { webFetchChecks } from '../doctor/web-fetch-checks.ts';

export interface DoctorOptions {
  readonly json: boolean;
  readonly online: boolean;
  /** Only what concerns this part, and that in full. */
  readonly topic: 'sandbox' | undefined;
}

const PROBES: readonly DoctorProbe[] = [
  platformChecks,
  configChecks,
  sandboxChecks,
  storageChecks,
  webChecks,
  webFetchChecks,
  hookChecks,
  selfCheckChecks,
  modelChecks,
];
const SANDBOX_PROBES: readonly DoctorProbe[] = [
  platformChecks,
  configChecks,
  webFetchChecks,
  allSandboxChecks,
  selfCheckChecks,
];
/** Other findings of the probes are left out of `doctor sandbox` (tools §13). */
const SANDBOX_IDS = /^(?:env\.platform|config\.file|(?:web_fetch|security|sandbox|doctor)\..+)$/;
const EMOJI: Readonly<Record<CheckStatus, string>> = { pass: '✅', miss: '➖', warn: '⚠️', fail: '❌' };

/** Exit code 2 when a check failed. */
export async function doctorCommand(context: CommandContext, options: DoctorOptions): Promise<number> {
  const facts = await gather(context, options.online);
  const checks: DoctorCheck[] = [];
  const isSandbox = options.topic === 'sandbox';
  for (const probe of isSandbox ? SANDBOX_PROBES : PROBES) {
    const found = (await look(probe, facts)).filter(({ id }) => !isSandbox || SANDBOX_IDS.test(id));
    checks.push(...found.filter((check) => !checks.some((known) => isDeepStrictEqual(known, check))));
  }
  const code = checks.some((check) => check.status === 'fail') ? EXIT.usage : EXIT.ok;
  if (options.json) context.out(`${JSON.stringify(await toReport(checks))}\n`);
  else context.out(toText(checks, code));
  return code;
}

/** One check that cannot be made must not hide the others: that one is broken is why the doctor was asked. */
async function look(probe: DoctorProbe, facts: DoctorFacts): Promise<readonly DoctorCheck[]> {
  try {
    return await probe(facts);
  } catch (error) {
    const check = { id: 'doctor.check', title: 'A check could not be made', status: 'fail' } as const;
    const hint = error instanceof MicroclawError ? error.hint : undefined;
    return [{ ...check, detail: errorMessage(error), ...(hint === undefined ? {} : { fix: hint }) }];
  }
}

async function gather(context: CommandContext, online: boolean): Promise<DoctorFacts> {
  const { env, cwd, configFlag } = context;
  try {
    return { context, online, configuration: await checkConfig({ flag: configFlag, env, cwd }) };
  } catch (error) {
    // Not a failure of the doctor: the check `config.file` reports it.
    return { context, online, configuration: error instanceof Error ? error : new Error(String(error)) };
  }
}

const PLATFORMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'windows',
};

async function toReport(checks: readonly DoctorCheck[]): Promise<Record<string, unknown>> {
  return {
    platform: PLATFORMS[process.platform] ?? 'unknown',
    arch: process.arch,
    in_wsl: await isWsl(),
    checks,
  };
}

async function isWsl(): Promise<boolean> {
  try {
    return /microsoft/i.test(await readFile('/proc/version', 'utf8'));
  } catch {
    return false; // not Linux
  }
}

function toText(checks: readonly DoctorCheck[], code: number): string {
  const lines = checks.flatMap(({ id, title, status, detail, fix }) => [
    `[${EMOJI[status]} ${status.toUpperCase()}] ${title} (${id}) ${detail.replaceAll('\n', '\n    ')}`,
    ...(fix === undefined ? [] : [`    fix: ${fix}`]),
  ]);
  const count = (status: CheckStatus) => checks.filter((check) => check.status === status).length;
  const summary = (['pass', 'miss', 'warn', 'fail'] as const).map((status) => `${status}=${count(status)}`);
  return `${[...lines, `Summary: ${summary.join(' ')}`, `Doctor exit code: ${code}`].join('\n')}\n`;
}
