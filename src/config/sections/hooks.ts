/** Keys of hooks, which stand below `channels` for compatibility. What a hook is stands in its HOOK.md. */
import { block, clampedCount, flag } from '../schema-types.ts';

/** The block `channels.hooks`. */
export const hooksBlock = block(
  'Hooks: commands of yours that see, change or block model requests and tool calls. Not a channel.',
  {
    enabled: flag('Runs hooks.', true),
    max_input_bytes: clampedCount('A hook whose input would be larger is skipped.', 131_072, {
      min: 1024,
      max: 4_194_304,
    }),
    max_output_bytes: clampedCount('A hook that prints more is ended and skipped.', 65_536, {
      min: 512,
      max: 2_097_152,
    }),
  },
);
