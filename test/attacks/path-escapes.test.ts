/** Ways out of a chat's directory, for reading and for writing, through the guard that every file tool uses. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPathGuard, type PathGuard } from '../../src/security/path-guard/path-guard.ts';

let root: string;
let base: string;
let guard: PathGuard;

beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'microclaw-attack-')));
  base = path.join(root, 'working_dir/chat/web/7');
  for (const directory of [
    'working_dir/chat/web/8',
    'working_dir/shared',
    'runtime',
    'hooks/guard',
    'outside/.ssh',
  ]) {
    await mkdir(path.join(root, directory), { recursive: true });
  }
  await mkdir(path.join(base, 'src'), { recursive: true });
  for (const [file, text] of [
    ['working_dir/chat/web/8/diary.txt', 'private'],
    ['runtime/microclaw.db', 'database'],
    ['runtime/control.sock', ''],
    ['hooks/guard/HOOK.md', 'hook'],
    ['microclaw.config.yaml', 'api_key: x'],
    ['outside/secret.txt', 'secret'],
    ['outside/.ssh/id_ed25519', 'key'],
  ] as const) {
    await writeFile(path.join(root, file), text);
  }
  for (const [target, name] of [
    [path.join(root, 'outside'), 'outdir'],
    [path.join(root, 'outside/secret.txt'), 'outfile'],
    ['../8', 'neighbour'],
    ['../../../../runtime', 'runtime'],
    [path.join(root, 'nowhere/new.txt'), 'dangling'],
    ['outdir', 'chain-1'],
    ['chain-1', 'chain-2'],
    ['loop', 'loop'],
    ['/proc/self', 'proc'],
    ['/dev', 'devices'],
    ['/', 'slash'],
  ] as const) {
    await symlink(target, path.join(base, name));
  }
  execFileSync('mkfifo', [path.join(base, 'pipe')]);
  guard = createPathGuard({
    sharedRoots: [path.join(root, 'working_dir/shared')],
    readOnlyRoots: [],
    protectedPaths: [
      path.join(root, 'runtime'),
      path.join(root, 'hooks'),
      path.join(root, 'microclaw.config.yaml'),
    ],
  });
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** `{root}` is the data directory, `{base}` the chat's own. */
const ESCAPES = [
  '..',
  '../',
  '../.',
  './..',
  'src/../..',
  'src/../../8/diary.txt',
  '../8/diary.txt',
  '../../web/8/diary.txt',
  '{base}/../8/diary.txt',
  '{base}/src/../../8/diary.txt',
  '{root}/working_dir/chat/web/8/diary.txt',
  '{root}/working_dir/chat',
  '{root}/working_dir',
  '{root}',
  '{root}/microclaw.config.yaml',
  '../../../../microclaw.config.yaml',
  '{root}/runtime/microclaw.db',
  '{root}/runtime/microclaw.db-wal',
  '{root}/runtime/control.sock',
  '{root}/runtime/new',
  '{root}/hooks/guard/HOOK.md',
  '{root}/hooks/new/HOOK.md',
  '{root}/outside/secret.txt',
  '../../../../outside/secret.txt',
  'outdir/secret.txt',
  'outdir',
  'outdir/new.txt',
  'outfile',
  'neighbour/diary.txt',
  'neighbour/new.txt',
  'src/../neighbour/diary.txt',
  'runtime/microclaw.db',
  'dangling',
  'chain-2/secret.txt',
  'chain-2/.ssh/id_ed25519',
  'loop',
  'loop/x',
  'proc/environ',
  'proc/root/etc/passwd',
  'proc/cwd/x',
  'devices/zero',
  'devices/stdin',
  'slash/etc/passwd',
  'slash/etc/shadow',
  '/',
  '//',
  '/etc',
  '/etc/passwd',
  '//etc/passwd',
  '/etc//passwd',
  '/etc/shadow',
  '/etc/./shadow',
  '/etc/gshadow',
  '/etc/sudoers',
  '/proc/self/environ',
  '/proc/self/cmdline',
  '/proc/self/fd/0',
  '/proc/self/root/etc/passwd',
  '/proc/self/cwd/x',
  '/proc/1/environ',
  '/proc/thread-self/environ',
  '/proc/self/task/1/environ',
  '/proc/kcore',
  '/sys/kernel',
  '/dev/zero',
  '/dev/full',
  '/dev/tty',
  '/dev/stdin',
  '/dev/fd/0',
  '/dev/mem',
  '/root/.bashrc',
  '/root/.ssh/id_rsa',
  '/home/u/.ssh/authorized_keys',
  '/var/log/syslog',
  '/tmp/x',
  '/var/tmp/x',
  '/run/docker.sock',
  '/boot',
  '/usr/bin/env',
  '.env',
  './.env',
  'src/../.env',
  '.ENV',
  '.Env.Local',
  '.env.production',
  'a/.env.development',
  '.env.anything',
  '.ssh/id_rsa',
  'a/.SSH/config',
  '.aws/credentials',
  '.AWS/x',
  '.gnupg/key',
  '.kube/config',
  '.docker/config.json',
  '.azure/token',
  '.gcloud/x',
  '.config/gcloud/x',
  'credentials',
  'Credentials.json',
  'token.json',
  'secrets.yaml',
  'SECRETS.JSON',
  'id_rsa',
  'id_rsa.pub',
  'id_ed25519',
  'ID_ECDSA',
  'id_dsa',
  '.netrc',
  '.npmrc',
  '.pypirc',
  '.pgpass',
  '.git-credentials',
  'a/b/.Git-Credentials',
  'a\0b',
  '\0',
  '',
  '   ',
  `${'../'.repeat(200)}etc/passwd`,
  `${'a/'.repeat(100)}${'../'.repeat(110)}etc/passwd`,
  '~/.ssh/id_rsa',
  '{base}/../../../../../../../../../../etc/passwd',
] as const;

/** Names that some program might read as a way up; here they are names. */
const HARMLESS = [
  '..\\..\\etc\\passwd',
  '%2e%2e/%2e%2e/etc/passwd',
  '..%2f..%2fetc',
  '．．/x',
  '…/x',
  'C:\\Windows',
  'file:///etc/passwd',
];

const placed = (text: string) => text.replaceAll('{root}', root).replaceAll('{base}', base);

describe.each(['read', 'write'] as const)('to %s', (access) => {
  it.each(ESCAPES)('%j is refused, or stays inside', async (requested) => {
    const decision = await guard.check(placed(requested), access, { baseDir: base, isControlChat: false });
    // A leading `~` is an ordinary name and blank names are the directory itself; neither leaves it.
    const isInside = decision.allowed && `${decision.realPath}/`.startsWith(`${base}/`);
    expect(decision.allowed && !isInside).toBe(false);
    if (!/^(~|\s*$)/.test(requested)) expect(decision.allowed).toBe(false);
  });

  it.each(HARMLESS)('%j never leaves the directory', async (requested) => {
    const decision = await guard.check(requested, access, { baseDir: base, isControlChat: false });
    expect(decision.allowed ? `${decision.realPath}/`.startsWith(`${base}/`) : true).toBe(true);
  });
});

describe('a control chat', () => {
  it.each([
    '{root}/microclaw.config.yaml',
    '{root}/runtime/microclaw.db',
    '{root}/runtime/new',
    '{root}/hooks/guard/HOOK.md',
    'runtime/microclaw.db',
    '/etc/shadow',
    '/root/.ssh/id_rsa',
    '/proc/self/environ',
    '/proc/1/environ',
    '.env',
    '/home/u/.aws/credentials',
    '{root}/outside/.ssh/id_ed25519',
    'chain-2/.ssh/id_ed25519',
  ])('cannot reach %s either', async (requested) => {
    for (const access of ['read', 'write'] as const) {
      const decision = await guard.check(placed(requested), access, { baseDir: base, isControlChat: true });
      expect(decision.allowed).toBe(false);
    }
  });
});

it('what is no regular file is not opened', async () => {
  const scope = { baseDir: base, isControlChat: false };
  for (const requested of ['pipe', 'src', '.']) {
    const opened = await guard.open(requested, scope).catch((error: unknown) => ({ allowed: false, error }));
    expect(opened.allowed).toBe(false);
  }
});
