/**
 * The agent with its prompt, its commands and the session service: one knot, because commands act on sessions and runs.
 */
import { rm } from 'node:fs/promises';
import type { WriteApprovalAudit } from '../agent/approvals/approval-audit.ts';
import type { ApprovalDesk } from '../agent/approvals/approval-desk.ts';
import { approvalCommand } from '../agent/commands/approval-command.ts';
import { modelCommands } from '../agent/commands/model-commands.ts';
import { planCommand } from '../agent/commands/plan-command.ts';
import { sessionCommands } from '../agent/commands/session-commands.ts';
import { usageCommand } from '../agent/commands/usage-command.ts';
import { createAgent } from '../agent/create-agent.ts';
import { createOutputGuardrail } from '../agent/guardrails/output-guardrail.ts';
import type { ModelOverrides } from '../agent/model-overrides.ts';
import type { PlanMode } from '../agent/plan-mode/plan-mode.ts';
import { planSection } from '../agent/plan-mode/plan-section.ts';
import { CachedFiles } from '../agent/prompt/cached-file.ts';
import {
  type FileSectionOptions,
  identitySection,
  projectContextSection,
  userModelSection,
} from '../agent/prompt/file-sections.ts';
import type { PromptSection } from '../agent/prompt/prompt-section.ts';
import { chatSection, dateSection, workingRulesSection } from '../agent/prompt/static-sections.ts';
import { SessionDirectory } from '../agent/sessions/session-directory.ts';
import { SessionService } from '../agent/sessions/session-service.ts';
import type { TurnHooksPort } from '../agent/turn-hooks-port.ts';
import type { AgentTurnService } from '../agent/turn-service.ts';
import type { Config } from '../config/config.ts';
import type { ChatRef } from '../core/chat.ts';
import { systemClock } from '../core/clock.ts';
import { systemIds } from '../core/ids.ts';
import type { ModelPort } from '../llm/model-port.ts';
import type { MemoryFeature } from '../memory/memory-feature.ts';
import type { Logger } from '../observability/logger.ts';
import type { Redactor } from '../security/redaction/redactor.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { GroupDirectories } from '../tools/chat-files/group-directories.ts';
import type { ToolExecutor } from '../tools/executor-port.ts';
import { TodoStore } from '../tools/todo/todo-store.ts';
import { agentOptions } from './agent-options.ts';
import type { DataLayout } from './data-layout.ts';
import type { LiveConfig } from './live-config.ts';

export interface AgentBuildParts {
  readonly config: Config;
  readonly live: LiveConfig;
  readonly layout: DataLayout;
  readonly groups: GroupDirectories;
  readonly repositories: Repositories;
  readonly model: ModelPort;
  readonly executor: ToolExecutor;
  readonly approvals: ApprovalDesk;
  readonly auditApproval: WriteApprovalAudit;
  /** Both are loaded before the first turn. */
  readonly plans: PlanMode;
  readonly overrides: ModelOverrides;
  readonly memory: MemoryFeature;
  /** Absent: hooks are switched off. */
  readonly turnHooks: TurnHooksPort | undefined;
  readonly redactor: Redactor;
  readonly botName: string;
  readonly timezone: () => string;
  readonly logger: Logger;
}

export interface BuiltAgent {
  readonly agent: AgentTurnService;
  readonly directory: SessionDirectory;
  readonly sessions: SessionService;
}

export function buildAgent(parts: AgentBuildParts): BuiltAgent {
  const { config, live, groups, repositories, model, overrides } = parts;
  const directory = new SessionDirectory(repositories.chats);
  const agent: AgentTurnService = createAgent(
    {
      repositories,
      model,
      executor: parts.executor,
      approvals: parts.approvals,
      overrides,
      plans: parts.plans,
      promptSections: promptSections(parts),
      hooks: parts.turnHooks,
      guardrail: live.view(({ output_guardrail: { mode } }) => createOutputGuardrail(mode, parts.redactor)),
      commands: (service) => commands(parts, { service, sessions: () => sessions }),
      chatDir: (chat) => groups.chatDir(chat),
      controlChatIds: new Set(config.control_chat_ids.map(Number)),
      botName: parts.botName,
      leaseOwner: `${process.pid}:${systemIds.hex(4)}`,
      clock: systemClock,
      ids: systemIds,
      logger: parts.logger.child({ target: 'agent' }),
    },
    live.view(agentOptions),
  );
  const sessions: SessionService = new SessionService({
    chats: repositories.chats,
    sessions: repositories.sessions,
    directory,
    runs: agent,
    todos: new TodoStore(groups),
    files: { erase: (chat) => eraseFiles(parts, chat) },
    plans: parts.plans,
    ids: systemIds,
  });
  return { agent, directory, sessions };
}

async function eraseFiles({ memory, groups }: AgentBuildParts, chat: ChatRef): Promise<void> {
  await memory.files.clearChat(chat); // in turn with writes of the memory, and told to who has read it
  await rm(groups.chatDir(chat), { recursive: true, force: true });
}

function commands(
  parts: AgentBuildParts,
  late: { readonly service: () => AgentTurnService; readonly sessions: () => SessionService },
) {
  const { repositories, model, memory, overrides } = parts;
  return [
    ...sessionCommands({
      model,
      overrides,
      abortChat: (chatId) => late.service().abortChat(chatId),
      clearContext: async ({ sessionKey }) => {
        await late.sessions().reset(sessionKey);
      },
      clearMemory: (chat) => memory.files.clearChat(chat),
      sessionFacts: async (chatId) => {
        const session = await repositories.sessions.load(chatId);
        return {
          messages: await repositories.messages.count(chatId),
          liveEntries: session?.entries.length ?? 0,
          lastInputTokens: session?.session.lastInputTokens ?? 0,
        };
      },
      statusLines: async () => [],
    }),
    ...modelCommands(model, overrides),
    planCommand(parts.plans),
    usageCommand(repositories.usage, systemClock),
    approvalCommand({
      desk: parts.approvals,
      grants: repositories.approvalGrants,
      audit: parts.auditApproval,
    }),
  ];
}

/** In the order of agent-runtime §4; the changing ones last. */
function promptSections(parts: AgentBuildParts): readonly PromptSection[] {
  const { config, layout, groups, memory, botName, timezone } = parts;
  const files = new CachedFiles();
  const options: FileSectionOptions = {
    chatDir: (chat) => groups.chatDir(chat),
    soulPaths: (chat) => layout.soulPaths(chat),
    botName,
    contextDir: layout.contextDir,
    contextMaxChars: config.context_max_chars,
    userModelMaxChars: config.user_model_max_chars,
  };
  return [
    identitySection(options, files),
    workingRulesSection(),
    chatSection(),
    userModelSection(options, files),
    projectContextSection(options, files),
    planSection(),
    ...memory.promptSections,
    dateSection(timezone),
  ];
}
