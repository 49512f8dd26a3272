/** Builds the agent from its parts. The only place that knows how they fit together. */
import type { ChatRef } from '../core/chat.ts';
import type { Clock } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { ModelPort } from '../llm/model-port.ts';
import type { Logger } from '../observability/logger.ts';
import type { Repositories } from '../storage/repositories/repositories.ts';
import type { Lease } from '../storage/repositories/turn-repository.ts';
import type { ToolExecutor } from '../tools/executor-port.ts';
import type { AgentOptions } from './agent-options.ts';
import type { ApprovalDesk } from './approvals/approval-desk.ts';
import { ChatReplies } from './approvals/chat-replies.ts';
import type { Command } from './commands/command.ts';
import { CommandDispatcher } from './commands/command-dispatcher.ts';
import { CommandRuns } from './commands/command-runs.ts';
import { Compactor } from './compaction/compactor.ts';
import type { OutputGuardrail } from './guardrails/output-guardrail.ts';
import type { ActiveTurn } from './loop/active-turn.ts';
import { ConversationLoader } from './loop/conversation-loader.ts';
import { FollowUps } from './loop/follow-ups.ts';
import { LateEnds } from './loop/late-ends.ts';
import { ModelStep } from './loop/model-step.ts';
import { RequestIntake, type RequestIntakeParts } from './loop/request-intake.ts';
import { ToolStep } from './loop/tool-step.ts';
import { TurnLoop } from './loop/turn-loop.ts';
import { TurnRecorder } from './loop/turn-recorder.ts';
import { TurnRunner } from './loop/turn-runner.ts';
import type { ModelOverrides } from './model-overrides.ts';
import type { PlanMode } from './plan-mode/plan-mode.ts';
import { PromptBuilder } from './prompt/prompt-builder.ts';
import type { PromptSection } from './prompt/prompt-section.ts';
import { ActiveTurns } from './runs/active-turns.ts';
import { ChatLanes } from './runs/chat-lanes.ts';
import { RunRegistry } from './runs/run-registry.ts';
import { passThroughTurnHooks, type TurnHooksPort } from './turn-hooks-port.ts';
import { AgentTurnService } from './turn-service.ts';

export interface AgentParts {
  readonly repositories: Repositories;
  readonly model: ModelPort;
  readonly executor: ToolExecutor;
  readonly overrides: ModelOverrides;
  readonly approvals: ApprovalDesk;
  /** In prompt order. */
  readonly promptSections: readonly PromptSection[];
  /** Called once, with the service that the commands may need. */
  readonly commands: (service: () => AgentTurnService) => readonly Command[];
  /** Absent: no hooks. */
  readonly hooks?: TurnHooksPort | undefined;
  readonly guardrail: OutputGuardrail;
  /** Loaded. */
  readonly plans: PlanMode;
  readonly chatDir: (chat: ChatRef) => string;
  readonly controlChatIds: ReadonlySet<number>;
  readonly botName: string;
  /** Names this process in leases. */
  readonly leaseOwner: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** The options are read when they are needed, so they may be a view that changes. */
export function createAgent(parts: AgentParts, options: AgentOptions): AgentTurnService {
  const { repositories, clock, ids, logger, controlChatIds } = parts;
  const registry = new RunRegistry(options.runEvents, clock);
  const active = new ActiveTurns(registry);
  const recorder = new TurnRecorder(repositories, clock, ids, parts.botName);
  const lateEnds = new LateEnds({ turns: repositories.turns, recorder, clock, logger });
  const lanes = new ChatLanes<ActiveTurn>(options.maxConcurrentTurns, async (turn) => {
    const detach = turn.pause.attach({
      release: () => lanes.releasePlace(turn.chat.chatId),
      retake: (signal) => lanes.retakePlace(turn.chat.chatId, signal),
    });
    await lateEnds.settle(turn.chat.chatId);
    await runner.run(turn);
    detach();
    turn.run.leave(); // without effect on a run that has ended
    active.release(turn);
  });
  const lease = () => ({ owner: parts.leaseOwner, expiresAtMs: clock.now() + options.leaseMs });
  const loader = new ConversationLoader(repositories, options);
  const prompt = new PromptBuilder(parts.promptSections, logger);
  const shared = { recorder, lateEnds, lanes, active, loader, prompt, lease };
  const runner = createRunner(parts, options, shared);
  const service: AgentTurnService = new AgentTurnService(
    {
      repositories,
      lanes,
      active,
      registry,
      approvals: parts.approvals,
      replies: createReplies(parts),
      plans: parts.plans,
      recorder,
      lateEnds,
      intake: createIntake(parts, shared),
      lease,
      giveUp: (turn) => runner.giveUp(turn),
      commands: new CommandRuns({
        dispatcher: new CommandDispatcher(parts.commands(() => service)),
        registry,
        turns: repositories.turns,
        recorder,
        controlChatIds,
        ids,
        logger,
      }),
      clock,
      ids,
      logger,
    },
    options,
  );
  return service;
}

function createReplies({ approvals: desk, repositories, ids }: AgentParts): ChatReplies {
  const { approvals, messages } = repositories;
  return new ChatReplies({ desk, approvals, messages, ids });
}

function createIntake(
  { repositories, plans, clock, ids }: AgentParts,
  { loader, prompt, lease }: Pick<RequestIntakeParts, 'loader' | 'prompt' | 'lease'>,
): RequestIntake {
  return new RequestIntake({ inbox: repositories.inbox, loader, prompt, plans, lease, clock, ids });
}

function createRunner(
  parts: AgentParts,
  options: AgentOptions,
  shared: {
    readonly recorder: TurnRecorder;
    readonly lateEnds: LateEnds;
    readonly lanes: ChatLanes<ActiveTurn>;
    readonly active: ActiveTurns;
    readonly loader: ConversationLoader;
    readonly prompt: PromptBuilder;
    readonly lease: () => Lease;
  },
): TurnRunner {
  const { repositories, model, executor, clock, ids, logger } = parts;
  const { recorder, lateEnds, loader, prompt, lease } = shared;
  const compactor = new Compactor(
    { model, repositories, recorder, chatDir: parts.chatDir, clock, logger },
    options,
  );
  const hooks = parts.hooks ?? passThroughTurnHooks;
  const loop = new TurnLoop(
    {
      hooks,
      modelStep: new ModelStep(model, parts.overrides, parts.guardrail, options),
      toolStep: new ToolStep(executor, repositories.toolCalls, parts.controlChatIds),
      recorder,
      compactor,
      followUps: new FollowUps(shared.lanes, repositories.turns, shared.active, options),
      ids,
    },
    options,
  );
  return new TurnRunner(
    {
      repositories,
      loader,
      recorder,
      compactor,
      loop,
      hooks,
      guardrail: parts.guardrail,
      prompt,
      plans: parts.plans,
      executor,
      lateEnds,
      clock,
      ids,
      logger,
      lease,
    },
    options,
  );
}
