/**
 * `bash`: runs a shell command in the chat's directory through a command runner (tools §5).
 *
 * Invariants: the command sees the allowlisted environment and the chat's env files only; values of env files and
 * known secrets are replaced before output is kept or shown; when the call is answered, nothing of the command runs.
 */
import { z } from 'zod';
import { lazyObject } from '../../core/lazy-object.ts';
import type { CommandExit, CommandResult, CommandRunner } from '../../sandbox/command-runner.ts';
import { commandEnvironment } from '../../sandbox/process/environment.ts';
import type { Redactor } from '../../security/redaction/redactor.ts';
import { toolErrors } from '../errors.ts';
import { loadEnvFiles } from '../files/env-file.ts';
import {
  type ChatWorkspace,
  defineTool,
  type Tool,
  type ToolBoundary,
  type ToolContext,
  type ToolOutcome,
} from '../tool.ts';
import {
  ENV_FILE_RULE,
  forbiddenEnvAccess,
  forbiddenTmpPath,
  TMP_PATH_RULE,
  tmpPathMessage,
} from './bash-gates.ts';

export interface BashToolOptions {
  readonly runner: CommandRunner;
  readonly redactor: Redactor;
  /** The program's environment; only allowlisted names are passed on. */
  readonly processEnv: Readonly<Record<string, string | undefined>>;
  /** Paths of the env files that are active in the chat, in order; later ones win. */
  readonly envFilesFor?: (context: ToolContext) => Promise<readonly string[]>;
}

const input = lazyObject(() => ({
  command: z.string().describe('Shell command'),
  timeout_secs: z.number().int().optional().describe('Time limit, at most 600'),
}));

export function createBashTool(options: BashToolOptions): Tool {
  return defineTool({
    name: 'bash',
    description:
      "Run a shell command in the chat's working directory (the one the file tools use). Use $TMPDIR, not /tmp. Background processes end with the command.",
    input,
    risk: 'high',
    concurrency: 'exclusive',
    defaultTimeoutSecs: 120,
    acceptsTimeout: true,
    boundaries: async ({ command }, { workspace }) => tmpBoundaries(command, workspace),
    summarize: ({ command }) => command,
    run: ({ command }, context) => runBash(options, command, context),
  });
}

function tmpBoundaries(command: string, workspace: ChatWorkspace): readonly ToolBoundary[] {
  const found = forbiddenTmpPath(command, workspace);
  if (found === undefined) return [];
  return [{ step: 'path', rule: TMP_PATH_RULE, refused: true, reason: tmpPathMessage(found) }];
}

async function runBash(
  options: BashToolOptions,
  command: string,
  context: ToolContext,
): Promise<ToolOutcome> {
  if (command.trim() === '') return failure("Missing 'command' parameter", 'tool_error');
  const tmpPath = forbiddenTmpPath(command, context.workspace);
  if (tmpPath !== undefined) {
    return { ...failure(tmpPathMessage(tmpPath), 'path_policy_blocked'), rule: TMP_PATH_RULE };
  }
  const envFiles = (await options.envFilesFor?.(context)) ?? [];
  if (envFiles.length > 0 && forbiddenEnvAccess(command, envFiles)) {
    const message = 'Access to env files is blocked: use the variables themselves.';
    return { ...failure(message, 'env_access_blocked'), rule: ENV_FILE_RULE };
  }
  const variables = await loadEnvFiles(envFiles);
  const redactor = options.redactor.with(Object.entries(variables).map(([key, value]) => ({ key, value })));
  const result = await options.runner.run({
    command,
    cwd: context.workspace.baseDir,
    env: commandEnvironment({
      source: options.processEnv,
      tmpDir: context.workspace.tmpDir,
      extra: variables,
    }),
    signal: context.signal,
    createFilter: () => redactor.stream(),
    onOutput: (chunk) => context.progress(chunk),
  });
  return toOutcome(result, context);
}

function toOutcome(result: CommandResult, context: ToolContext): ToolOutcome {
  if (result.kind === 'spawn_failed') {
    return failure(`Failed to execute command: ${result.message}`, 'spawn_error');
  }
  const output = combineOutput(result);
  if (result.interrupted) return interruptedOutcome(output, context);
  if (result.exitCode === 0)
    return { content: output === '' ? 'Command completed with exit code 0' : output };
  const code = result.exitCode ?? -1;
  const body = output === '' ? `Command completed with exit code ${code}` : `Exit code ${code}\n${output}`;
  const content = isMissingCommand(result) ? `${body}\n${MISSING_COMMAND_HINT}` : body;
  return { content, isError: true, statusCode: code, errorType: 'process_exit' };
}

/** stdout, then `STDERR:` and stderr when there is any. */
function combineOutput(result: CommandExit): string {
  const stdout = result.stdout.text;
  const stderr = result.stderr.text;
  if (stderr === '') return stdout;
  return stdout === '' ? `STDERR:\n${stderr}` : `${stdout}\nSTDERR:\n${stderr}`;
}

function interruptedOutcome(output: string, context: ToolContext): ToolOutcome {
  const timedOut = toolErrors.is(context.signal.reason, 'TIMEOUT');
  const headline = timedOut
    ? `Command timed out after ${Math.round(context.timeoutMs / 1000)} seconds`
    : 'Command was stopped';
  const content = output === '' ? headline : `${headline}\nOutput until then:\n${output}`;
  return { content, isError: true, statusCode: -1, errorType: timedOut ? 'timeout' : 'aborted' };
}

const MISSING_COMMAND_HINT =
  'Hint: the program is not installed on this machine. Use another one, or ask the operator to install it.';

function isMissingCommand(result: CommandExit): boolean {
  return result.exitCode === 127 && /command not found|: not found/i.test(result.stderr.text);
}

function failure(content: string, errorType: string): ToolOutcome {
  return { content, isError: true, errorType };
}
