/**
 * Rules about a command's text that hold before it runs (tools §5.2). They guide a cooperative model; they are not a
 * boundary, because a shell can spell any path in many ways.
 */
import path from 'node:path';
import type { ChatWorkspace } from '../tool.ts';

/** An absolute `/tmp/` path in a command, and the path to use instead. */
export interface ForbiddenTmpPath {
  readonly found: string;
  readonly suggestion: string;
}

/** `/tmp/…` where a word, an assignment, a redirection or a list element begins. */
const TMP_PATH = /(?<=^|[\s"'=(:;|<>&`])\/tmp\/[^\s"'();|<>&`:]*/g;

/** Names of the rules in refusals, audit entries and explanations. */
export const TMP_PATH_RULE = 'path_guard.tmp';
export const ENV_FILE_RULE = 'env_files';

/** For the model: what to write instead. */
export function tmpPathMessage({ found, suggestion }: ForbiddenTmpPath): string {
  return `Command uses '${found}' outside the working directory. Use '${suggestion}' (or $TMPDIR) instead.`;
}

/** The first `/tmp/` path outside the chat's directory; `undefined` when there is none. */
export function forbiddenTmpPath(command: string, workspace: ChatWorkspace): ForbiddenTmpPath | undefined {
  const base = `${workspace.baseDir}/`;
  for (const [found] of command.matchAll(TMP_PATH)) {
    if (`${path.posix.normalize(found)}/`.startsWith(base)) continue;
    return { found, suggestion: path.join(workspace.tmpDir, found.slice('/tmp/'.length)) };
  }
  return undefined;
}

const DOTENV_TOKEN = /(?:^|[/\s'"=<(;|&`])\.env(?:\.[\w.-]+)?(?=$|[\s'"<>();|&`])/;

/** Whether the command names a dotenv file or one of the active env files. */
export function forbiddenEnvAccess(command: string, envFiles: readonly string[]): boolean {
  return DOTENV_TOKEN.test(command) || envFiles.some((file) => command.includes(file));
}
