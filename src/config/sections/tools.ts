/** Keys of tools: time limits, results, where they work, what they may reach. */
import { z } from 'zod';
import {
  count,
  countOrDefault,
  flag,
  optionalCount,
  optionalText,
  section,
  withDefault,
} from '../schema-types.ts';

const seconds = () => z.int().min(0).max(86_400);
const concurrency = () => z.enum(['read_only', 'side_effect', 'exclusive']);

/** `true` and `isolated` mean `chat`, `false` means `shared`. */
const isolation = () =>
  z.unknown().transform((value, context) => {
    if (value === true || value === 'chat' || value === 'isolated') return 'chat' as const;
    if (value === false || value === 'shared') return 'shared' as const;
    context.addIssue({
      code: 'custom',
      message: `invalid working_dir_isolation '${String(value)}', expected chat/shared or true/false`,
    });
    return z.NEVER;
  });

/** Section of the tool executor and the built-in tools. */
export const toolsSection = section(
  'Tools',
  'A time limit comes from the call (`timeout_secs`, where a tool takes one), else from `tool_timeout_overrides`, else ' +
    'from `default_tool_timeout_secs`, else from the tool itself.',
  {
    default_tool_timeout_secs: optionalCount(
      'Limit of every tool without an override, in seconds; 0 means unset.',
      {
        max: 86_400,
      },
    ),
    tool_timeout_overrides: withDefault(
      () => z.record(z.string(), seconds()).transform(dropBlankAndZero),
      () => ({}),
      { description: 'Seconds per tool name; names without regard to case, 0 is ignored.' },
    ),
    parallel_tool_max_concurrency: countOrDefault(
      'Read-only calls of one answer that run at the same time.',
      8,
      {
        max: 256,
      },
    ),
    tool_concurrency_overrides: withDefault(
      () => z.record(z.string(), concurrency()),
      () => ({}),
      { description: 'Concurrency class per tool name: `read_only`, `side_effect` or `exclusive`.' },
    ),
    tool_repeat_window: count('Latest calls looked at for repetition; 0 switches the check off.', 10, {
      max: 1000,
    }),
    tool_repeat_limit: count('Equal calls within the window that stop the turn.', 3, { min: 1, max: 1000 }),
    tool_result_truncation_threshold_chars: count(
      'Longer results are stored as an artifact; 0 never does.',
      4000,
    ),
    tool_result_truncation_head_chars: count('Characters of such a result shown from its start.', 1500),
    tool_result_truncation_tail_chars: count('Characters of such a result shown from its end.', 500),
    tool_result_artifact_ttl_hours: countOrDefault('How long artifacts are kept, in hours.', 24, {
      max: 87_600,
    }),
    diff_max_lines: count('Lines of a file difference in tool results.', 120, { min: 4, max: 10_000 }),
    file_diffs_in_chat: flag('Shows file differences in the conversation.', true),
    working_dir: optionalText('Where the files of chats are.', { defaultText: '`<data_dir>/working_dir`' }),
    working_dir_isolation: withDefault(isolation, () => 'chat' as const, {
      description:
        '`chat` (or `true`): a directory per chat. `shared` (or `false`): one directory for all chats.',
      enum: ['chat', 'isolated', 'shared', true, false],
    }),
  },
);

function dropBlankAndZero(table: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(table).map(([name, value]) => [name.trim().toLowerCase(), value] as const);
  return Object.fromEntries(entries.filter(([name, value]) => name !== '' && value > 0));
}
