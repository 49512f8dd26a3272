/** Every tool of the program, and the executor they run in. */

import type { ApprovalDesk } from '../agent/approvals/approval-desk.ts';
import type { Config } from '../config/config.ts';
import { homeDirectory } from '../config/home-directory.ts';
import type { ChatRef } from '../core/chat.ts';
import type { Clock } from '../core/clock.ts';
import type { MemoryFeature } from '../memory/memory-feature.ts';
import type { Logger } from '../observability/logger.ts';
import type { CommandRunner } from '../sandbox/command-runner.ts';
import type { StatusProbe } from '../sandbox/status-probe.ts';
import { createLazyEgressClient } from '../security/egress/lazy-egress-client.ts';
import type { FeedStatus } from '../security/feeds/feed-source.ts';
import { loadPathAllowlist, pathAllowlistFile } from '../security/path-guard/path-allowlist.ts';
import { createPathGuard } from '../security/path-guard/path-guard.ts';
import type { Redactor } from '../security/redaction/redactor.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { ArtifactStore } from '../tools/artifact-store.ts';
import { createBashTool } from '../tools/builtin/bash.ts';
import { createCalculateTool } from '../tools/builtin/calculate.ts';
import { createCompareTimeTool } from '../tools/builtin/compare-time.ts';
import { createExportChatTool } from '../tools/builtin/export-chat.ts';
import { createFetchArtifactTool } from '../tools/builtin/fetch-artifact.ts';
import { createFileTools } from '../tools/builtin/file-tools.ts';
import { createGetCurrentTimeTool } from '../tools/builtin/get-current-time.ts';
import { createTodoTools } from '../tools/builtin/todo-tools.ts';
import type { GroupDirectories } from '../tools/chat-files/group-directories.ts';
import type { ChatDirectory } from '../tools/chat-files/target-chat.ts';
import { createToolExecutor } from '../tools/executor.ts';
import type { ToolExecutor } from '../tools/executor-port.ts';
import type { ToolLimits } from '../tools/limits.ts';
import type { PlanModePort, ToolHooksPort } from '../tools/ports.ts';
import type { ChatWorkspace, Tool } from '../tools/tool.ts';
import { createWorkspaces } from '../tools/workspace.ts';
import { buildPolicies } from './build-policies.ts';
import { buildSandbox, buildSandboxProbe } from './build-sandbox.ts';
import { buildWebTools } from './build-web-tools.ts';
import { configurationFiles } from './configuration-files.ts';
import type { DataLayout } from './data-layout.ts';
import { hookPaths } from './hooks/hook-paths.ts';
import type { LiveConfig } from './live-config.ts';
import type { PolicyRules } from './policies/policy-explainer.ts';

export interface ToolBuildParts {
  readonly config: Config;
  readonly live: LiveConfig;
  /** The configuration file, closed to every tool. */
  readonly configPath: string | null;
  readonly layout: DataLayout;
  readonly groups: GroupDirectories;
  readonly repositories: Repositories;
  readonly memory: MemoryFeature;
  readonly redactor: Redactor;
  readonly approvals: ApprovalDesk;
  /** The check that a chat which plans changes nothing. */
  readonly plans: PlanModePort;
  /** Absent when hooks are switched off. */
  readonly hooks: ToolHooksPort | undefined;
  readonly timezone: () => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const HOUR_MS = 3_600_000;

export interface BuiltTools {
  readonly executor: ToolExecutor;
  /** For explanations of calls. */
  readonly rules: PolicyRules;
  /** Where a chat works; creates nothing. */
  readonly locate: (chat: ChatRef) => ChatWorkspace;
  /** For the self-check. */
  readonly sandbox: StatusProbe;
  /** How the host lists of `web_fetch` are doing. */
  feedStatuses(): Promise<readonly FeedStatus[]>;
  /** Ends threads and containers that tools have started. */
  close(): Promise<void>;
}

export function buildTools(parts: ToolBuildParts): BuiltTools {
  const { config, layout, redactor, clock, logger } = parts;
  const workspaces = createWorkspaces({
    workingDir: layout.workingDir,
    isolation: config.working_dir_isolation,
  });
  const artifacts = artifactStore(parts);
  const policies = buildPolicies({
    ...parts,
    directoryOf: async (chat) => (await workspaces.workspaceFor(chat)).baseDir,
  });
  const runner = buildSandbox(parts);
  const web = buildWebTools({
    config,
    live: parts.live,
    client: policies.limitClient(createLazyEgressClient()),
    feedsDir: layout.feedsDir,
    clock,
    logger,
  });
  const executor = createToolExecutor({
    tools: [
      ...builtinTools(parts, { sharedDir: workspaces.sharedDir, artifacts, runner, webTools: web.tools }),
      ...web.tools,
      ...parts.memory.tools,
    ],
    workspaceFor: (chat) => workspaces.workspaceFor(chat),
    artifacts,
    redactor,
    limits: parts.live.derive(toolLimits),
    ports: {
      ...policies.ports,
      planMode: parts.plans,
      ...(parts.hooks === undefined ? {} : { hooks: parts.hooks }),
    },
    clock,
    log: logger.child({ target: 'tools' }),
  });
  return {
    executor,
    rules: policies.rules,
    locate: (chat) => workspaces.locate(chat),
    sandbox: buildSandboxProbe(parts, runner),
    feedStatuses: () => web.feedStatuses(),
    close: async () => {
      await Promise.all([web.close(), runner.close()]);
    },
  };
}

/** Finds chats by id for tools that may name another chat. */
export function chatDirectory(repositories: Repositories): ChatDirectory {
  return { find: (chatId) => repositories.chats.findById(chatId) };
}

function builtinTools(
  parts: ToolBuildParts,
  built: {
    readonly sharedDir: string;
    readonly artifacts: ArtifactStore;
    readonly runner: CommandRunner;
    readonly webTools: readonly Tool[];
  },
): readonly Tool[] {
  const { sharedDir, artifacts, runner, webTools } = built;
  const readsUntrusted = (name: string) =>
    webTools.some((tool) => tool.name === name && tool.readsUntrusted === true);
  const { config, layout, redactor, timezone, clock } = parts;
  const guard = createPathGuard({
    sharedRoots: [sharedDir],
    readOnlyRoots: [],
    protectedPaths: [
      layout.runtimeDir,
      // What a tool could write there, the program would run.
      ...hookPaths(layout, process.cwd()).roots,
      ...configurationFiles(parts.configPath),
    ],
    allowlist: () => loadPathAllowlist(pathAllowlistFile(parts.env, homeDirectory())),
  });
  const chats = chatDirectory(parts.repositories);
  return [
    createBashTool({ runner, redactor, processEnv: parts.env }),
    ...createFileTools({ guard, diffMaxLines: config.diff_max_lines }),
    createFetchArtifactTool({ artifacts, readsUntrusted }),
    createGetCurrentTimeTool({ timezone, clock }),
    createCompareTimeTool({ timezone }),
    createCalculateTool(),
    ...createTodoTools({ groups: parts.groups, chats }),
    createExportChatTool({
      transcripts: parts.repositories.messages,
      guard,
      exportsDir: layout.exportsDir,
      clock,
    }),
  ];
}

function artifactStore({ repositories, live }: ToolBuildParts): ArtifactStore {
  const ttl = live.derive((config) => config.tool_result_artifact_ttl_hours * HOUR_MS);
  return {
    save: (chatId, toolName, content) =>
      repositories.artifacts.save({ chatId, toolName, content, ttlMs: ttl() }),
    find: (artifactId) => repositories.artifacts.find(artifactId),
  };
}

function toolLimits(config: Config): Partial<ToolLimits> {
  return {
    defaultToolTimeoutSecs: config.default_tool_timeout_secs,
    toolTimeoutOverrides: config.tool_timeout_overrides,
    parallelToolMaxConcurrency: config.parallel_tool_max_concurrency,
    toolConcurrencyOverrides: config.tool_concurrency_overrides,
    truncationThresholdChars: config.tool_result_truncation_threshold_chars,
    truncationHeadChars: config.tool_result_truncation_head_chars,
    truncationTailChars: config.tool_result_truncation_tail_chars,
  };
}
