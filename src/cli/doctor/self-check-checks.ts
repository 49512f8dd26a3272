/**
 * The self-check as findings of the doctor: that of the running server when there is one, which also knows its state;
 * otherwise what the configuration alone tells.
 */
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { configWarnings } from '../../config/config-warnings.ts';
import type { SelfCheckWarning } from '../../core/self-check.ts';
import type { DoctorCheck, DoctorFacts } from './check.ts';
import { askRunningServer } from './running-server.ts';

/** Warnings that have a check of their own, which passes without them. */
const NAMED_CHECKS = [
  {
    code: 'web_host_not_loopback',
    id: 'web.bind',
    title: 'Address of the server',
    pass: (config: Config) => `${config.web_host} is reached from this machine only`,
  },
  {
    code: 'tool_capability_grants_disabled',
    id: 'security.capability_grants',
    title: 'Rights of chats',
    pass: (config: Config) =>
      `${config.tool_policy.grants.length} grants, mode ${config.tool_policy.grants_mode}`,
  },
  {
    code: 'egress_policy_disabled',
    id: 'security.egress_policy',
    title: 'Hosts that tools reach',
    pass: (config: Config) => `mode ${config.egress_policy.mode}`,
  },
] as const;

/** What other checks of the doctor say in more detail. */
const SAID_ELSEWHERE = /^(?:sandbox_|web_fetch_|hook_unusable$|config_file_readable_by_others$)/;

const answerSchema = z.object({
  warnings: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['medium', 'high']),
      message: z.string(),
      hint: z.string(),
    }),
  ),
});

/** Named checks in any case, and one check per further warning. */
export async function selfCheckChecks({ configuration }: DoctorFacts): Promise<readonly DoctorCheck[]> {
  if (configuration instanceof Error || configuration.config === undefined) return [];
  const { config } = configuration;
  const warnings = (await runningWarnings(config)) ?? configWarnings(config);
  const named = new Set<string>(NAMED_CHECKS.map(({ code }) => code));
  return [
    ...NAMED_CHECKS.map(({ code, id, title, pass }) => {
      const warning = warnings.find((candidate) => candidate.code === code);
      if (warning !== undefined) return warned(id, title, warning);
      return { id, title, status: 'pass' as const, detail: pass(config) };
    }),
    ...warnings
      .filter(({ code }) => !named.has(code) && !SAID_ELSEWHERE.test(code))
      .map((warning) => warned(`self_check.${warning.code}`, 'Self-check', warning)),
  ];
}

function warned(id: string, title: string, { severity, message, hint }: SelfCheckWarning): DoctorCheck {
  const detail = severity === 'high' ? `${message} (high risk)` : message;
  return { id, title, status: 'warn', detail, fix: hint };
}

/** `undefined` when no server runs, or one that cannot tell. */
async function runningWarnings(config: Config): Promise<readonly SelfCheckWarning[] | undefined> {
  const answer = await askRunningServer(config, '/api/config/self_check');
  if (answer.kind !== 'answer') return undefined;
  const parsed = answerSchema.safeParse(answer.body);
  return parsed.success ? parsed.data.warnings : undefined;
}
