/** Maps configuration keys onto the agent's options. */
import type { AgentOptions } from '../agent/agent-options.ts';
import type { Config } from '../config/config.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

/** Finished runs kept for replay. Beyond it a run's end is read from the database. */
const MAX_FINISHED_RUNS = 256;

export function agentOptions(config: Config): AgentOptions {
  const compactionModel = config.aux_models.compaction;
  return {
    maxSessionMessages: config.max_session_messages,
    compactKeepRecent: config.compact_keep_recent,
    // Never the whole of a turn: what happens without a summary has to leave it time for its answer.
    compactionTimeoutMs: Math.min(config.compaction_timeout_secs, config.turn_timeout_secs / 2) * SECOND_MS,
    ...(compactionModel === undefined ? {} : { compactionModel }),
    modelContextWindow: config.model_context_window,
    contextPressureCompactPct: config.context_pressure_compact_pct,
    maxHistoryMessages: config.max_history_messages,
    maxToolIterations: config.max_tool_iterations,
    toolRepeatWindow: config.tool_repeat_window,
    toolRepeatLimit: config.tool_repeat_limit,
    queueMaxPending: config.chat_turn_queue_max_pending,
    maxConcurrentTurns: config.max_concurrent_turns,
    turnTimeoutMs: config.turn_timeout_secs * SECOND_MS,
    enableMidTurnInjection: config.enable_mid_turn_injection,
    showThinking: config.show_thinking,
    runEvents: {
      maxEvents: config.web_run_history_limit,
      retentionMs: 300 * SECOND_MS,
      maxFinished: MAX_FINISHED_RUNS,
    },
    resumeMaxAgeMs: 24 * HOUR_MS,
    maxResumes: 3,
    leaseMs: 60 * SECOND_MS,
  };
}
