/** Keys of sessions and of the control of turns. */
import { count, countOrDefault, flag, section } from '../schema-types.ts';

/** Section of the agent. */
export const sessionSection = section(
  'Sessions and turns',
  'How much of a conversation the model sees, and how a turn is bounded.',
  {
    max_history_messages: count('Messages used to rebuild a chat that has a transcript but no session.', 50, {
      min: 1,
    }),
    max_session_messages: count('Live messages of a session above which a turn starts with compaction.', 40, {
      min: 2,
    }),
    compact_keep_recent: count('Newest messages that compaction keeps word for word.', 20, { min: 1 }),
    compaction_timeout_secs: countOrDefault(
      'Time for writing one summary, in seconds; at most half of `turn_timeout_secs`.',
      180,
    ),
    model_context_window: countOrDefault('Context window of the model, in tokens.', 200_000),
    context_pressure_compact_pct: count(
      'Share of the window, in percent, at which a running turn compacts; 0 switches the check off.',
      85,
      { max: 100 },
    ),
    max_tool_iterations: count('Calls of the model within one turn.', 100, { min: 1, max: 10_000 }),
    turn_timeout_secs: countOrDefault('Time for one turn as a whole, in seconds.', 1800),
    max_concurrent_turns: countOrDefault('Turns that run at the same time, over all chats.', 32, {
      max: 1000,
    }),
    chat_turn_queue_max_pending: countOrDefault('Messages that may wait in one chat.', 20, { max: 10_000 }),
    enable_mid_turn_injection: flag('A message sent while a turn runs reaches that turn.', true),
    mid_turn_injection_echo: flag('Confirms such a message in the chat.', true),
    user_model_max_chars: count('Characters of `USER.md` in the prompt; 0 leaves it out.', 1500),
  },
);
