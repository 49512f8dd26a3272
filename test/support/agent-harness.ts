/**
 * The agent on a real database file with scripted model and tools; `restart` opens the same file as a new process
 * would after a crash.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { AgentOptions } from '../../src/agent/agent-options.ts';
import { ApprovalDesk } from '../../src/agent/approvals/approval-desk.ts';
import { createApprovalGate } from '../../src/agent/approvals/approval-gate.ts';
import { ApprovalPresenter } from '../../src/agent/approvals/approval-presenter.ts';
import { highRiskSource } from '../../src/agent/approvals/reason-sources.ts';
import type { Command } from '../../src/agent/commands/command.ts';
import { type AgentParts, createAgent } from '../../src/agent/create-agent.ts';
import { createOutputGuardrail } from '../../src/agent/guardrails/output-guardrail.ts';
import { ModelOverrides } from '../../src/agent/model-overrides.ts';
import { PlanMode } from '../../src/agent/plan-mode/plan-mode.ts';
import { planSection } from '../../src/agent/plan-mode/plan-section.ts';
import type { TerminalEvent, TurnEvent } from '../../src/agent/turn-event.ts';
import type { AgentTurnService } from '../../src/agent/turn-service.ts';
import type { ChatRef } from '../../src/core/chat.ts';
import { systemClock } from '../../src/core/clock.ts';
import { systemIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { createRedactor } from '../../src/security/redaction/redactor.ts';
import type { Secret } from '../../src/security/redaction/secret.ts';
import { createRepositories, type Repositories } from '../../src/storage/repositories/repositories.ts';
import { openStorage, type Storage } from '../../src/storage/storage.ts';
import { createToolExecutor } from '../../src/tools/executor.ts';
import type { ToolPorts } from '../../src/tools/ports.ts';
import { defineTool, type Tool, type ToolOutcome } from '../../src/tools/tool.ts';
import { ScriptedModel } from './scripted-model.ts';

export const testOptions: AgentOptions = {
  maxSessionMessages: 40,
  compactKeepRecent: 20,
  compactionTimeoutMs: 5000,
  modelContextWindow: 200_000,
  contextPressureCompactPct: 85,
  maxHistoryMessages: 50,
  maxToolIterations: 100,
  toolRepeatWindow: 10,
  toolRepeatLimit: 3,
  queueMaxPending: 20,
  maxConcurrentTurns: 32,
  turnTimeoutMs: 60_000,
  enableMidTurnInjection: true,
  showThinking: false,
  runEvents: { maxEvents: 512, retentionMs: 300_000, maxFinished: 256 },
  resumeMaxAgeMs: 86_400_000,
  maxResumes: 3,
  leaseMs: 60_000,
};

/** A tool of one string argument whose behaviour the test gives. */
export function testTool(
  name: string,
  run: (argument: string, signal: AbortSignal) => Promise<ToolOutcome>,
  facts: Partial<Pick<Tool, 'concurrency' | 'risk' | 'idempotent'>> = {},
): Tool {
  return defineTool({
    name,
    description: `The tool ${name}.`,
    input: z.object({ value: z.string().optional() }),
    risk: 'medium',
    concurrency: 'side_effect',
    defaultTimeoutSecs: 30,
    ...facts,
    summarize: ({ value }) => value ?? '',
    run: ({ value }, context) => run(value ?? '', context.signal),
  });
}

/** Parts that most tests leave empty. */
type ExtraParts = Partial<Pick<AgentParts, 'promptSections' | 'controlChatIds'>> & {
  /** High-risk calls ask; the question lives this long. */
  readonly approvalTimeoutMs?: number;
  readonly toolHooks?: ToolPorts['hooks'];
  readonly toolPolicy?: ToolPorts['policy'];
  /** Values the executor does not show. */
  readonly secrets?: readonly Secret[];
  readonly commands?: (service: () => AgentTurnService, harness: AgentHarness) => readonly Command[];
};

export class AgentHarness {
  readonly model = new ScriptedModel();
  readonly dir: string;
  readonly #tools: readonly Tool[];
  readonly #options: AgentOptions;
  readonly #extra: ExtraParts;
  storage!: Storage;
  repositories!: Repositories;
  approvals!: ApprovalDesk;
  readonly presenter = new ApprovalPresenter(() => 'en');
  /** Actions of the audit entries about approvals. */
  readonly approvalAudit: string[] = [];
  agent!: AgentTurnService;
  plans!: PlanMode;
  /** What plan mode takes the time from. */
  readonly planClock = { now: () => Date.now() };

  private constructor(dir: string, tools: readonly Tool[], options: AgentOptions, extra: ExtraParts) {
    this.dir = dir;
    this.#tools = tools;
    this.#options = options;
    this.#extra = extra;
  }

  static async create(
    tools: readonly Tool[] = [],
    options: Partial<AgentOptions> = {},
    extra: ExtraParts = {},
  ): Promise<AgentHarness> {
    const dir = await mkdtemp(join(tmpdir(), 'microclaw-agent-'));
    const harness = new AgentHarness(dir, tools, { ...testOptions, ...options }, extra);
    await harness.open();
    return harness;
  }

  async open(): Promise<void> {
    this.storage = await openStorage({ path: join(this.dir, 'microclaw.db'), clock: systemClock });
    this.repositories = createRepositories(this.storage, systemClock);
    const overrides = new ModelOverrides(this.repositories.meta);
    await overrides.load();
    this.plans = new PlanMode(this.repositories.meta, this.planClock, () => 'en');
    await this.plans.load();
    this.approvals = new ApprovalDesk({
      approvals: this.repositories.approvals,
      audit: async (entry) => {
        this.approvalAudit.push(entry.action);
      },
      presenter: this.presenter,
      clock: systemClock,
    });
    const artifacts = this.repositories.artifacts;
    this.agent = createAgent(
      {
        repositories: this.repositories,
        model: this.model,
        executor: createToolExecutor({
          tools: this.#tools,
          workspaceFor: async () => ({ baseDir: this.dir, tmpDir: this.dir }),
          artifacts: {
            save: (chatId, toolName, content) => artifacts.save({ chatId, toolName, content, ttlMs: 60_000 }),
            find: (id) => artifacts.find(id),
          },
          redactor: createRedactor(this.#extra.secrets ?? []),
          ports: this.#ports(),
          clock: systemClock,
          log: silentLogger,
        }),
        approvals: this.approvals,
        overrides,
        promptSections: [planSection()],
        plans: this.plans,
        guardrail: createOutputGuardrail('off', createRedactor([])),
        chatDir: (chat) => join(this.dir, String(chat.chatId)),
        controlChatIds: new Set(),
        botName: 'microclaw',
        leaseOwner: `test:${process.hrtime.bigint()}`,
        clock: systemClock,
        ids: systemIds,
        logger: silentLogger,
        ...this.#extra,
        commands: (service) => this.#extra.commands?.(service, this) ?? [],
      },
      this.#options,
    );
  }

  #ports(): Partial<ToolPorts> {
    const { approvalTimeoutMs, toolHooks, toolPolicy } = this.#extra;
    return {
      planMode: this.plans,
      ...(approvalTimeoutMs === undefined ? {} : { approval: this.#gate(approvalTimeoutMs) }),
      ...(toolHooks === undefined ? {} : { hooks: toolHooks }),
      ...(toolPolicy === undefined ? {} : { policy: toolPolicy }),
    };
  }

  #gate(timeoutMs: number) {
    return createApprovalGate({
      desk: this.approvals,
      sources: [highRiskSource()],
      grants: this.repositories.approvalGrants,
      isGrantedByName: () => false,
      directoryOf: async () => this.dir,
      settings: () => ({ confirmHighRisk: true, blockTainted: false, timeoutMs }),
      redactor: createRedactor([]),
      audit: async (entry) => {
        this.approvalAudit.push(entry.action);
      },
      clock: systemClock,
      ids: systemIds,
      logger: silentLogger,
    });
  }

  /** A planned restart without grace: running turns are interrupted, the file is opened again. */
  async restart(): Promise<void> {
    await this.agent.stop(0);
    await this.storage.close();
    await this.open();
    await this.recover();
  }

  /** As after a kill: nothing more reaches the file, whatever the turns of this instance still try. */
  async crash(): Promise<void> {
    await this.storage.close();
    await this.agent.stop(0);
    await this.open();
    await this.recover();
  }

  /** Continues what was left unfinished. */
  async recover(): Promise<void> {
    await this.agent.recover(await this.agent.findUnfinished());
    this.agent.begin();
  }

  async dispose(): Promise<void> {
    await this.agent.stop(0);
    await this.storage.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  async chat(name = 'main'): Promise<ChatRef> {
    return this.repositories.chats.ensure({ channel: 'web', externalId: name, title: name, kind: 'private' });
  }

  async submit(text: string, name = 'main', platformMessageId?: string): Promise<string> {
    const accepted = await this.agent.submit({
      chat: await this.chat(name),
      sessionKey: name,
      actor: { kind: 'operator', id: 'session:test' },
      senderName: 'ann',
      text,
      ...(platformMessageId === undefined ? {} : { platformMessageId }),
    });
    return accepted.runId;
  }

  async send(text: string, name = 'main'): Promise<TerminalEvent> {
    return this.agent.waitForEnd(await this.submit(text, name));
  }

  /** Every event of a run, to its end. */
  async events(runId: string): Promise<TurnEvent[]> {
    const subscription = await this.agent.subscribe(runId, 0);
    const events: TurnEvent[] = [];
    if (subscription !== undefined) for await (const event of subscription.events) events.push(event);
    return events;
  }

  /** Resolves when the run has published an event of the kind. */
  async until(runId: string, kind: TurnEvent['kind']): Promise<void> {
    const subscription = await this.agent.subscribe(runId, 0);
    if (subscription === undefined) throw new Error(`no run ${runId}`);
    for await (const event of subscription.events) if (event.kind === kind) return;
    throw new Error(`run ${runId} ended without ${kind}`);
  }

  async transcript(name = 'main'): Promise<string[]> {
    const chat = await this.chat(name);
    const messages = await this.repositories.messages.page(chat.chatId, { limit: 500 });
    return messages.map((message) => message.content);
  }
}
