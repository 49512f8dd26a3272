/**
 * Runs one command line and returns the exit code.
 *
 * Invariants: results go to stdout, everything else to stderr; a command's code is loaded only when the command runs,
 * so that `version` and `--help` stay fast; every failure ends with a message and a code, never with a rejection.
 */
import type { StorageThread } from '../storage/worker/storage-thread.ts';
import { type CommandContext, EXIT } from './command-context.ts';
import { cliErrors } from './errors.ts';
import { takeGlobalFlags } from './global-flags.ts';
import { reportError } from './report-error.ts';
import { standardStream } from './standard-stream.ts';
import { isResultTerminal, processTerminal } from './terminal.ts';
import { VERSION } from './version.ts';

const VERSION_WORDS: ReadonlySet<string | undefined> = new Set(['version', '--version', '-V']);

/** The context of the real process. Raises `MC_CLI_NO_DIRECTORY`. */
function processContext(): Omit<CommandContext, 'configFlag'> {
  const terminal = processTerminal();
  return {
    ...(terminal === undefined ? {} : { terminal }),
    showsResults: isResultTerminal(),
    env: process.env,
    cwd: currentDirectory(),
    out: standardStream('stdout'),
    err: standardStream('stderr'),
  };
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw cliErrors.create('NO_DIRECTORY', 'the directory this was started in does not exist any more', {
      cause,
    });
  }
}

/** `argv` starts after the program's own name; `thread` is one for the database that was begun ahead for `start`. */
export async function runCli(
  argv: readonly string[],
  base?: Omit<CommandContext, 'configFlag'>,
  thread?: StorageThread,
): Promise<number> {
  const { config, rest } = takeGlobalFlags(argv);
  try {
    const context: CommandContext = { ...(base ?? processContext()), configFlag: config };
    if (rest.length === 1 && VERSION_WORDS.has(rest[0])) {
      context.out(`microclaw ${VERSION}\n`);
      return EXIT.ok;
    }
    if (rest.length === 1 && rest[0] === 'start') {
      // Goes past the parser of the command line, which has nothing to parse here: a restart should be quick.
      const { startCommand } = await import('./commands/start.ts');
      return await startCommand(context, thread);
    }
    const { runProgram } = await import('./program.ts');
    return await runProgram(rest, context);
  } catch (error) {
    reportError(base ?? { env: process.env, err: standardStream('stderr') }, error);
    return EXIT.failure;
  }
}
