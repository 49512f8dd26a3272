/** A place full of traps for the path guard. */
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  createPathGuard,
  type PathGuard,
  type PathGuardOptions,
  type PathScope,
} from '../../src/security/path-guard/path-guard.ts';
import { temporaryDirectory } from './tool-fixture.ts';

export interface GuardedPlace {
  readonly root: string;
  /** The directory of the chat that asks. */
  readonly base: string;
  readonly scope: PathScope;
  readonly guard: PathGuard;
}

/** A data directory with two chats, a shared directory, skills, the program's own files, and links out of it. */
export async function createGuardedPlace(): Promise<GuardedPlace> {
  const root = await temporaryDirectory();
  const base = path.join(root, 'working_dir/chat/telegram/100');
  await mkdir(path.join(base, 'src/deep'), { recursive: true });
  await mkdir(path.join(root, 'working_dir/chat/telegram/101'), { recursive: true });
  await mkdir(path.join(root, 'working_dir/shared'), { recursive: true });
  await mkdir(path.join(root, 'skills/pdf'), { recursive: true });
  await mkdir(path.join(root, 'runtime'), { recursive: true });
  await mkdir(path.join(root, 'outside/.ssh'), { recursive: true });
  for (const [file, text] of [
    ['working_dir/chat/telegram/100/src/main.ts', 'main'],
    ['working_dir/chat/telegram/101/diary.txt', 'private'],
    ['working_dir/shared/common.txt', 'common'],
    ['skills/pdf/SKILL.md', 'skill'],
    ['runtime/microclaw.db', 'database'],
    ['microclaw.config.yaml', 'api_key: x'],
    ['outside/secret.txt', 'secret'],
    ['outside/.ssh/id_rsa', 'key'],
  ] as const) {
    await writeFile(path.join(root, file), text);
  }
  await symlink(path.join(root, 'outside'), path.join(base, 'outlink'));
  await symlink(path.join(root, 'outside/secret.txt'), path.join(base, 'filelink'));
  await symlink('/etc', path.join(base, 'etclink'));
  await symlink(path.join(root, 'nowhere/new.txt'), path.join(base, 'dangling'));
  await symlink('loop-b', path.join(base, 'loop-a'));
  await symlink('loop-a', path.join(base, 'loop-b'));
  await symlink('..', path.join(base, 'src/up'));
  await symlink('../../101', path.join(base, 'neighbour'));
  await symlink('src', path.join(base, 'inlink'));
  execFileSync('mkfifo', [path.join(base, 'pipe')]);
  return { root, base, scope: { baseDir: base, isControlChat: false }, guard: guardOf(root) };
}

/** The guard of a place, as a server would build it. */
export function guardOf(root: string, overrides: Partial<PathGuardOptions> = {}): PathGuard {
  return createPathGuard({
    sharedRoots: [path.join(root, 'working_dir/shared')],
    readOnlyRoots: [path.join(root, 'skills')],
    protectedPaths: [path.join(root, 'runtime'), path.join(root, 'microclaw.config.yaml')],
    ...overrides,
  });
}
