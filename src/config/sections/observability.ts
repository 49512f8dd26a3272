/** Keys of logs and telemetry. */
import { block, choice, section, text } from '../schema-types.ts';

/** Section of logs and telemetry. */
export const observabilitySection = section(
  'Observability',
  'Also accepted as `channels.observability`; a key set in both places counts as written here.',
  {
    observability: block('Logs and telemetry.', {
      service_name: text('Name of this installation in telemetry.', 'microclaw'),
      log_level: text(
        'Level, or a list such as `info,llm=debug`. `MICROCLAW_LOG` and `RUST_LOG` win.',
        'info',
      ),
      log_format: choice(
        'Form of log lines on stderr; `auto` writes text to a terminal and JSON elsewhere.',
        ['auto', 'text', 'json'],
        'auto',
      ),
    }),
  },
);
