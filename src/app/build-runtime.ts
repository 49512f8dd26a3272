/**
 * Builds what every way of running the program needs: database, model, tools and agent. No surface yet.
 *
 * Invariant: when building fails, everything that was opened is closed again.
 */
import type { WriteApprovalAudit } from '../agent/approvals/approval-audit.ts';
import { ApprovalDesk } from '../agent/approvals/approval-desk.ts';
import { ApprovalPresenter } from '../agent/approvals/approval-presenter.ts';
import { ModelOverrides } from '../agent/model-overrides.ts';
import { PlanMode } from '../agent/plan-mode/plan-mode.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import type { PolicyPort } from '../http/policy-port.ts';
import { ModelService } from '../llm/model-service.ts';
import { createOfflineProvider } from '../llm/providers/offline/offline-provider.ts';
import { createMemoryFeature } from '../memory/memory-feature.ts';
import type { Logger } from '../observability/logger.ts';
import { createRedactor } from '../security/redaction/redactor.ts';
import type { Secret } from '../security/redaction/secret.ts';
import { createRepositories, type Repositories } from '../storage/repositories/repositories.ts';
import type { Storage } from '../storage/storage.ts';
import { createGroupDirectories } from '../tools/chat-files/group-directories.ts';
import { type BuiltAgent, buildAgent } from './build-agent.ts';
import { buildHooks } from './build-hooks.ts';
import { type BuiltTools, buildTools, chatDirectory } from './build-tools.ts';
import { type DataLayout, layoutOf } from './data-layout.ts';
import type { LiveConfig } from './live-config.ts';
import { modelOptions } from './model-options.ts';
import type { OpeningDatabase } from './open-database.ts';
import { createToolAuditWriter } from './policies/policy-audit.ts';
import { createPolicyExplainer, type PolicyExplainerParts } from './policies/policy-explainer.ts';
import { resolveTimezone } from './timezone.ts';

export interface RuntimeParts {
  /** As it was at the start. */
  readonly config: Config;
  /** As it is now. */
  readonly live: LiveConfig;
  /** The file the configuration came from, or `null`. */
  readonly configPath: string | null;
  /** Values that are removed from everything that leaves the process. */
  readonly secrets: readonly Secret[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly logger: Logger;
  readonly database: OpeningDatabase;
}

export interface Runtime extends BuiltAgent, Pick<BuiltTools, 'executor' | 'sandbox' | 'feedStatuses'> {
  readonly layout: DataLayout;
  readonly storage: Storage;
  readonly repositories: Repositories;
  readonly model: ModelService;
  readonly approvals: ApprovalDesk;
  readonly presenter: ApprovalPresenter;
  /** Explains what the rules make of a call. */
  readonly policy: PolicyPort;
  readonly botName: string;
  /** The database is open and what turns need of it is loaded. Rejects with `MC_STORAGE_*`; `close` has to follow. */
  readonly ready: Promise<void>;
  /** Lets turns finish for `graceMs`, interrupts the rest and closes the database. Idempotent. */
  close(graceMs: number): Promise<void>;
}

const DEFAULT_BOT_NAME = 'microclaw';

/**
 * Builds while the database is still being opened: nothing may be done before `ready`, because until then this process
 * does not own the installation. Rejects with `MC_LLM_NOT_CONFIGURED`; then nothing is left open.
 */
export async function buildRuntime(parts: RuntimeParts): Promise<Runtime> {
  try {
    return assemble(parts, parts.database.storage);
  } catch (error) {
    await parts.database.storage.close();
    throw error;
  }
}

/** A runtime that can be used. Rejects with `MC_STORAGE_*` too; then nothing is left open. */
export async function openRuntime(parts: RuntimeParts): Promise<Runtime> {
  const runtime = await buildRuntime(parts);
  try {
    await runtime.ready;
    return runtime;
  } catch (error) {
    await runtime.close(0);
    throw error;
  }
}

function buildApprovals({ live, logger }: RuntimeParts, repositories: Repositories) {
  const writeAudit = createToolAuditWriter(repositories.audit, logger.child({ target: 'audit' }));
  const presenter = new ApprovalPresenter(() => live.current.user_message_language);
  const auditApproval: WriteApprovalAudit = (entry) =>
    writeAudit({ kind: 'approval', status: 'ok', ...entry });
  const approvals = new ApprovalDesk({
    approvals: repositories.approvals,
    audit: auditApproval,
    presenter,
    clock: systemClock,
  });
  return { approvals, auditApproval, presenter };
}

function buildMemory(config: Config, layout: DataLayout, repositories: Repositories) {
  const groups = createGroupDirectories(layout.runtimeDir);
  const memory = createMemoryFeature({
    groups,
    chats: chatDirectory(repositories),
    clock: systemClock,
    hasControlChats: config.control_chat_ids.length > 0,
  });
  return { groups, memory };
}

/** What chats have chosen for themselves. Nothing may be asked of it before `ready`. */
function beginChatChoices({ live, database }: RuntimeParts, { meta }: Repositories) {
  const plans = new PlanMode(meta, systemClock, () => live.current.user_message_language);
  const overrides = new ModelOverrides(meta);
  const ready = Promise.all([database.opened, plans.load(), overrides.load()]).then(() => {});
  ready.catch(() => {}); // whoever awaits it handles the failure; nobody may be there yet when it happens
  return { plans, overrides, ready };
}

function assemble(parts: RuntimeParts, storage: Storage): Runtime {
  const { config } = parts;
  const timezone = resolveTimezone(config, parts.logger);
  const layout = layoutOf(config);
  const repositories = createRepositories(storage, systemClock);
  const model = buildModel(parts);
  const botName = config.channels.web?.bot_username ?? (config.bot_username || DEFAULT_BOT_NAME);
  const { groups, memory } = buildMemory(config, layout, repositories);
  const redactor = createRedactor(parts.secrets);
  const { approvals, auditApproval, presenter } = buildApprovals(parts, repositories);
  const { plans, overrides, ready } = beginChatChoices(parts, repositories);
  const shared = {
    ...parts,
    layout,
    groups,
    repositories,
    memory,
    timezone,
    approvals,
    auditApproval,
    plans,
    overrides,
  };
  const hooks = buildHooks({ ...shared, redactor });
  const tools = buildTools({
    ...shared,
    redactor,
    hooks: hooks?.tools,
    clock: systemClock,
  });
  const { executor } = tools;
  const built = buildAgent({
    ...shared,
    redactor,
    model,
    executor,
    botName,
    turnHooks: hooks?.turns,
  });
  return {
    ...built,
    ready,
    layout,
    storage,
    repositories,
    model,
    executor,
    approvals,
    presenter,
    policy: buildPolicyExplainer({ config, plans, tools, directory: built.directory, redactor }),
    sandbox: tools.sandbox,
    feedStatuses: tools.feedStatuses,
    botName,
    close: async (graceMs) => {
      await built.agent.stop(graceMs);
      await hooks?.turns.stop();
      await tools.close();
      await model.stop();
      await storage.close();
    },
  };
}

function buildPolicyExplainer({
  config,
  plans,
  tools,
  ...shared
}: {
  readonly config: Config;
  readonly plans: PlanMode;
  readonly tools: BuiltTools;
} & Pick<PolicyExplainerParts, 'directory' | 'redactor'>): PolicyPort {
  return createPolicyExplainer({
    ...shared,
    rules: tools.rules,
    executor: tools.executor,
    isPlanning: (chatId) => plans.isPlanning(chatId),
    isControlChat: (chatId) => config.control_chat_ids.some((id) => Number(id) === chatId),
    locate: tools.locate,
  });
}

function buildModel({ live, env, version, logger }: RuntimeParts): ModelService {
  const log = logger.child({ target: 'llm' });
  return new ModelService({
    options: live.view((config) => modelOptions(config, env)),
    extraProviders: { offline: createOfflineProvider },
    clock: systemClock,
    version,
    proxyEnv: env,
    onAttemptFailed: ({ error, ...attempt }) => log.warn({ ...attempt, err: error }, 'model attempt failed'),
  });
}
