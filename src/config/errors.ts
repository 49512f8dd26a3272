/** Failures of finding and reading the configuration. */
import { defineErrors } from '../core/errors.ts';

export const configErrors = defineErrors('CONFIG', {
  NOT_FOUND: {
    kind: 'config',
    summary:
      'The configuration file that was asked for does not exist, or none was found where one is needed.',
    hint: 'Create `microclaw.config.yaml` (every key is optional) or point `--config` or `MICROCLAW_CONFIG` at one.',
  },
  NO_HOME: {
    kind: 'config',
    summary: 'The user that runs microclaw has no home directory, and `HOME` is not set.',
    hint: 'Set the environment variable HOME to a directory that this user can write.',
  },
  UNREADABLE: {
    kind: 'config',
    summary: 'The configuration file exists but cannot be read.',
    hint: 'Check that the path is a file and that the user running microclaw may read it.',
  },
  INVALID: {
    kind: 'config',
    summary: 'The configuration has errors; `data.problems` lists each with file, line and column.',
    hint: 'Fix the lines named above; `microclaw config check` shows them again, docs/configuration.md lists every key.',
  },
  REJECTED: {
    kind: 'user',
    summary:
      'A change of the configuration was refused because the result would not be valid. Nothing was written.',
    hint: 'docs/configuration.md lists every key with its type and bounds.',
  },
  STALE: {
    kind: 'user',
    summary:
      'A change was made for an older state of the configuration file (`If-Match`). Nothing was written.',
    hint: 'Read the configuration again and repeat the change.',
  },
  NOT_WRITTEN: {
    kind: 'permanent',
    summary: 'The configuration file or its backup cannot be written.',
    hint: 'Check that the directory of the file belongs to the user that runs microclaw and that the disk has room.',
  },
  BAD_ARGUMENT: {
    kind: 'user',
    summary: 'The `--config` flag was given without a path.',
    hint: 'Write `--config path/to/microclaw.config.yaml`.',
  },
});
