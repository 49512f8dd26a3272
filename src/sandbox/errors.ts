/** Error codes of running commands in a sandbox. Runners turn them into failed results with message and hint. */
import { defineErrors } from '../core/errors.ts';

export const sandboxErrors = defineErrors('SANDBOX', {
  RUNTIME_UNAVAILABLE: {
    kind: 'config',
    summary: 'Commands must run in a sandbox and none of the configured kinds works on this machine.',
    hint: 'Start Docker or Podman, or install bubblewrap; `microclaw doctor sandbox` tells what is missing.',
  },
  MOUNT_REFUSED: {
    kind: 'config',
    summary: 'A directory that the command needs may not be shown to a sandbox.',
    hint: 'Move working_dir to a real path without secrets, or add it to the list of allowed mounts.',
  },
  BAD_VARIABLE: {
    kind: 'config',
    summary: 'A variable for the command cannot be passed into a container.',
    hint: 'Remove the line break from the variable in the env file.',
  },
  CONTAINER_FAILED: {
    kind: 'transient',
    summary: 'The container engine could not start or inspect the container of a chat.',
    hint: 'Run `microclaw doctor sandbox`, and look at the engine with `docker info` or `podman info`.',
  },
  SETUP_FAILED: {
    kind: 'config',
    summary: 'bubblewrap could not build the sandbox of a command.',
    hint: 'Run `microclaw doctor sandbox`.',
  },
});
