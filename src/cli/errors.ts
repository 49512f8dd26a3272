/** Failures of commands that are not failures of the parts they use. */
import { defineErrors } from '../core/errors.ts';

export const cliErrors = defineErrors('CLI', {
  MODEL_KEY_MISSING: {
    kind: 'config',
    summary: 'The configured provider needs a key and none is configured or in the environment.',
    hint: 'Set `api_key` (a value, `env:NAME` or `file:/path`), or remove `llm_provider` to start with the offline interpreter.',
  },
  CONTROL_REFUSED: {
    kind: 'permanent',
    summary: 'The running server answered a local command with an error.',
    hint: 'The message is the server’s own; its log on stderr has the details.',
  },
  NO_DIRECTORY: {
    kind: 'user',
    summary: 'The directory a command was started in has been removed meanwhile.',
    hint: 'Change to a directory that exists (`cd`) and repeat the command.',
  },
  CONTROL_DENIED: {
    kind: 'user',
    summary: 'A local command may not ask the running server: the data directory belongs to another user.',
    hint: 'Run it as the user that runs microclaw, such as `sudo -u NAME microclaw …`, or check `data_dir`.',
  },
  CONTROL_BROKEN: {
    kind: 'uncertain',
    summary:
      'The running server went away, or closed the connection, while a local command waited for its answer.',
    hint: 'Its log says why. Look whether the command had its effect before you repeat it.',
  },
  UNKNOWN_KEY: {
    kind: 'user',
    summary: 'A command named a key that the configuration does not have.',
    hint: '`microclaw config get` and docs/configuration.md list every key.',
  },
  EMPTY_VALUE: {
    kind: 'user',
    summary: '`microclaw config set` was given an empty value.',
    hint: 'Use `microclaw config unset` to go back to the default.',
  },
  INVALID_VALUE: {
    kind: 'user',
    summary: '`microclaw config set` was given a value that is not YAML.',
    hint: `Put a text with special characters in double quotes as well: microclaw config set model '"a: b"'.`,
  },
  EMPTY_PROMPT: {
    kind: 'user',
    summary: '`microclaw run` was given nothing to ask.',
    hint: "Write `microclaw run -p 'what time is it?'`.",
  },
  INVALID_INPUT: {
    kind: 'user',
    summary: 'The input of a tool call was not given as a JSON object.',
    hint: 'Pass it as --input \'{"command":"ls"}\', --input @file.json, or --input - to read stdin.',
  },
  NO_SERVER: {
    kind: 'user',
    summary: 'A command needs a running server and none runs on this data directory.',
    hint: 'Start it with `microclaw start`; check `data_dir` and `--config` when it runs already.',
  },
  NO_DATABASE: {
    kind: 'user',
    summary: 'A command wanted to read the database of this installation and there is none yet.',
    hint: 'Check `data_dir`; the database is made by the first `microclaw start` or `microclaw run`.',
  },
  WEAK_PASSWORD: {
    kind: 'user',
    summary: 'The password for the console is shorter than eight characters.',
    hint: 'Choose a longer one, or let `microclaw web password-generate` make one.',
  },
  STOP_TIMEOUT: {
    kind: 'transient',
    summary: 'The program did not stop within its deadline and was ended.',
    hint: 'Unfinished turns continue at the next start.',
  },
});
