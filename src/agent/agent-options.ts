/** Settings of the agent, filled from the configuration by the composition root. Units are in the names. */
export interface AgentOptions {
  /** Live messages of a session above which a turn begins with compaction (`max_session_messages`). */
  readonly maxSessionMessages: number;
  /** Newest messages that compaction keeps word for word (`compact_keep_recent`). */
  readonly compactKeepRecent: number;
  readonly compactionTimeoutMs: number;
  /** Model for summaries; absent means the main model (`aux_models.compaction`). */
  readonly compactionModel?: string;
  /** Tokens (`model_context_window`). */
  readonly modelContextWindow: number;
  /** Share of the window, 0–100, at which a running turn compacts; 0 turns the check off. */
  readonly contextPressureCompactPct: number;
  /** Messages used to rebuild the context of a chat that has a transcript but no session. */
  readonly maxHistoryMessages: number;
  readonly maxToolIterations: number;
  readonly toolRepeatWindow: number;
  readonly toolRepeatLimit: number;
  /** Waiting messages per chat (`chat_turn_queue_max_pending`). */
  readonly queueMaxPending: number;
  /** Turns that run at the same time over all chats. */
  readonly maxConcurrentTurns: number;
  readonly turnTimeoutMs: number;
  readonly enableMidTurnInjection: boolean;
  readonly showThinking: boolean;
  readonly runEvents: {
    readonly maxEvents: number;
    readonly retentionMs: number;
    readonly maxFinished: number;
  };
  /** An interrupted turn older than this is ended instead of continued. */
  readonly resumeMaxAgeMs: number;
  /** How often a turn may be continued after a restart before it is given up. */
  readonly maxResumes: number;
  readonly leaseMs: number;
}
