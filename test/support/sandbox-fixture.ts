/** Builders for tests of sandboxes: a working directory with two chats, options, and a stand-in container engine. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandExit, CommandRequest, CommandRunner } from '../../src/sandbox/command-runner.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox-options.ts';
import { temporaryDirectory } from './tool-fixture.ts';

export interface SandboxHome {
  readonly dir: string;
  /** Directory of the chat that runs commands. */
  readonly cwd: string;
  readonly otherChat: string;
  readonly configPath: string;
  readonly databasePath: string;
  readonly options: SandboxOptions;
}

/** An installation with files that no command may see, each holding the word `confidential`. */
export async function sandboxHome(overrides: Partial<SandboxOptions> = {}): Promise<SandboxHome> {
  const dir = await temporaryDirectory();
  const workingDir = path.join(dir, 'data', 'working_dir');
  const cwd = path.join(workingDir, 'chat', 'web', '1');
  const otherChat = path.join(workingDir, 'chat', 'web', '2');
  const runtimeDir = path.join(dir, 'data', 'runtime');
  for (const directory of [cwd, otherChat, runtimeDir]) await mkdir(directory, { recursive: true });
  const configPath = path.join(dir, 'microclaw.config.yaml');
  const databasePath = path.join(runtimeDir, 'microclaw.db');
  for (const file of [configPath, databasePath, path.join(otherChat, 'note.txt')]) {
    await writeFile(file, 'confidential\n');
  }
  const options: SandboxOptions = {
    backend: 'bubblewrap',
    image: 'test-image:1',
    containerPrefix: 'microclaw-sandbox',
    noNetwork: true,
    requireRuntime: true,
    securityProfile: 'hardened',
    capAdd: [],
    limits: { memoryBytes: 1024 ** 3, cpus: 1, pids: 256 },
    credentialEnvAllowlist: [],
    mountAllowlistFile: path.join(dir, 'allowlist.txt'),
    workingDir,
    sharedDir: path.join(workingDir, 'shared'),
    readOnlyDirs: [],
    hiddenPaths: [path.join(dir, 'data'), runtimeDir, workingDir, configPath],
    stateDir: path.join(runtimeDir, 'sandbox'),
    ...overrides,
  };
  return { dir, cwd, otherChat, configPath, databasePath, options };
}

/** Runs a command and expects that it could be run. */
export async function runCommand(
  runner: CommandRunner,
  request: Partial<CommandRequest> & Pick<CommandRequest, 'command' | 'cwd'>,
): Promise<CommandExit> {
  const result = await runner.run({
    env: { PATH: '/usr/bin:/bin' },
    signal: new AbortController().signal,
    ...request,
  });
  if (result.kind !== 'ended') throw new Error(result.message);
  return result;
}

/** Whether bubblewrap works here; without it its tests are skipped, except where they are required. */
export function hasBubblewrap(): boolean {
  try {
    execFileSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return process.env.MICROCLAW_REQUIRE_BUBBLEWRAP === '1'; // then the tests run and say what is wrong
  }
}

export interface StandInEngine {
  /** Directory for `PATH`. */
  readonly binDir: string;
  /** Answers of one subcommand, as shell text; `exit 1` makes it fail. */
  answer(subcommand: string, script: string): Promise<void>;
  /** Every call so far, its arguments in order. */
  calls(): Promise<readonly (readonly string[])[]>;
}

/** An executable named like a container engine that notes how it was called. */
export async function standInEngine(name: 'docker' | 'podman'): Promise<StandInEngine> {
  const binDir = await temporaryDirectory();
  const journal = path.join(binDir, 'journal');
  const file = path.join(binDir, name);
  await writeFile(file, STAND_IN.replaceAll('@DIR@', binDir));
  await chmod(file, 0o755);
  await writeFile(journal, '');
  const answer = async (subcommand: string, script: string) => {
    const target = path.join(binDir, `answer-${subcommand}`);
    await writeFile(target, script);
  };
  await answer('container', 'echo "Error: no such container" >&2; exit 1');
  // Runs what `exec` would run inside, with the variables of the env file, in the directory it names.
  await answer('exec', EXEC_ANSWER);
  return {
    binDir,
    answer,
    async calls() {
      const records = (await readFile(journal, 'utf8')).split('\x1e').slice(0, -1);
      return records.map((record) => record.split('\x1f').slice(0, -1));
    },
  };
}

const STAND_IN = `#!/bin/sh
line=
for argument in "$@"; do line="$line$argument$(printf '\\037')"; done
printf '%s\\036' "$line" >> '@DIR@/journal'
answer='@DIR@/answer-'$1
shift
if [ -e "$answer" ]; then . "$answer"; fi
`;

const EXEC_ANSWER = `
directory=/
while :; do
  case $1 in
    --workdir) directory=$2; shift 2;;
    --env-file) envfile=$2; shift 2;;
    *) break;;
  esac
done
shift
cd "$directory" || exit 1
if [ -n "$envfile" ]; then
  exec setsid --wait sh -c 'set -a; . "$0"; set +a; exec "$@"' "$envfile" "$@"
fi
exec "$@"
`;
