/**
 * Collects what every part of the program has to say about itself (http-api §9).
 *
 * Invariant: the configuration is asked for at every question, so that the answer is about the one in force.
 */
import type { Config } from '../config/config.ts';
import { configWarnings } from '../config/config-warnings.ts';
import { configFileWarnings } from '../config/file-mode.ts';
import type { Clock } from '../core/clock.ts';
import type { SelfCheck } from '../core/self-check.ts';
import type { HookSwitchboard } from '../hooks/hook-switchboard.ts';
import { hookWarnings } from '../hooks/hook-warnings.ts';
import type { SelfCheckPort } from '../http/self-check-port.ts';
import type { Logger } from '../observability/logger.ts';
import { sandboxWarnings } from '../sandbox/sandbox-warnings.ts';
import type { StatusProbe } from '../sandbox/status-probe.ts';
import type { FeedStatus } from '../security/feeds/feed-source.ts';
import { feedWarnings } from '../security/feeds/feed-warnings.ts';
import { AuditWatch } from '../storage/repositories/audit-watch.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { ToolExecutor } from '../tools/executor-port.ts';
import { mountAllowlistFile } from './build-sandbox.ts';
import type { ConfigReload } from './config-reload.ts';
import { runSelfChecks } from './self-check/run-self-checks.ts';
import { inspectMountAllowlist, securityPosture } from './self-check/security-posture.ts';

export interface SelfCheckParts {
  /** The configuration in force. */
  readonly config: () => Config;
  readonly configPath: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly repositories: Pick<Repositories, 'auth' | 'audit'>;
  readonly hooks: Pick<HookSwitchboard, 'list'>;
  readonly sandbox: StatusProbe;
  readonly feedStatuses: () => Promise<readonly FeedStatus[]>;
  readonly executor: Pick<ToolExecutor, 'catalog'>;
  readonly reload: Pick<ConfigReload, 'warnings'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Looks at nothing yet. */
export function buildSelfCheck(parts: SelfCheckParts): SelfCheckPort {
  const { config, env, sandbox, executor } = parts;
  const checks = selfChecks(parts);
  const logger = parts.logger.child({ target: 'self_check' });
  return {
    warnings: () => runSelfChecks(checks, logger),
    async posture() {
      const [status, mountAllowlist] = await Promise.all([
        sandbox.current(),
        inspectMountAllowlist(mountAllowlistFile(config(), env)),
      ]);
      return securityPosture({ config: config(), status, mountAllowlist, tools: executor.catalog() });
    },
  };
}

function selfChecks(parts: SelfCheckParts): readonly SelfCheck[] {
  const { config, configPath, env, repositories, hooks, sandbox } = parts;
  const audit = new AuditWatch(repositories.audit, parts.clock);
  return [
    { name: 'the password', run: () => passwordWarnings(repositories.auth) },
    { name: 'the configuration', run: () => configWarnings(config()) },
    { name: 'the configuration file', run: () => configFileWarnings(configPath) },
    { name: 'changes of the configuration', run: () => parts.reload.warnings() },
    {
      name: 'the sandbox',
      run: async () => {
        const { mode, require_runtime } = config().sandbox;
        return sandboxWarnings({
          isWanted: mode === 'all',
          requireRuntime: require_runtime,
          isRoot: process.getuid?.() === 0,
          status: await sandbox.current(),
          mountAllowlist: await inspectMountAllowlist(mountAllowlistFile(config(), env)),
        });
      },
    },
    { name: 'host lists', run: async () => feedWarnings(await parts.feedStatuses()) },
    { name: 'hooks', run: async () => hookWarnings(await hookProblems(config(), hooks)) },
    { name: 'the audit log', run: () => audit.warnings() },
  ];
}

/** Hooks that are switched off as a whole cannot miss a guard. */
async function hookProblems(config: Config, hooks: SelfCheckParts['hooks']) {
  return config.channels.hooks.enabled ? (await hooks.list()).problems : [];
}

async function passwordWarnings(auth: SelfCheckParts['repositories']['auth']) {
  if ((await auth.passwordHash()) !== undefined) return [];
  return [
    {
      code: 'auth_password_not_configured',
      severity: 'high',
      message: 'Nobody can sign in, and whoever has the one-time link can set the password.',
      hint: 'Open the link that the server printed, or run `microclaw web password-generate`.',
    },
  ] as const;
}
