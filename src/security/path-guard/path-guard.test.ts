import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { createGuardedPlace, guardOf } from '../../../test/support/guarded-place.ts';
import { isInside, type PathGuard, type PathScope } from './path-guard.ts';

let root: string;
let base: string;
let guard: PathGuard;
let scope: PathScope;

beforeEach(async () => {
  ({ root, base, guard, scope } = await createGuardedPlace());
});

describe('what a chat may reach', () => {
  test.each([
    'src/main.ts',
    './src/../src/main.ts',
    'src//main.ts',
    'new/dir/file.txt',
    '.',
    'inlink/main.ts',
    '.env.example',
    '.github/x.yml',
    'ünï/ço∂é.txt',
    '..foo',
    '...',
    'src/up/src/main.ts',
  ])('%s is its own', async (requested) => {
    for (const access of ['read', 'write'] as const) {
      const decision = await guard.check(requested, access, scope);
      expect(decision).toMatchObject({ allowed: true });
      if (decision.allowed) expect(isInside(decision.realPath, base)).toBe(true);
    }
  });

  test('an absolute path into its own or the shared directory works', async () => {
    expect(await guard.check(path.join(base, 'src/main.ts'), 'write', scope)).toMatchObject({
      allowed: true,
    });
    expect(await guard.check(path.join(root, 'working_dir/shared/common.txt'), 'write', scope)).toMatchObject(
      { allowed: true },
    );
  });

  test('skills can be read and not written', async () => {
    const skill = path.join(root, 'skills/pdf/SKILL.md');
    expect(await guard.check(skill, 'read', scope)).toMatchObject({ allowed: true });
    expect(await guard.check(skill, 'write', scope)).toMatchObject({ allowed: false, rule: 'outside' });
  });

  test('a base directory that is reached through a link is still the chat’s', async () => {
    const alias = path.join(root, 'alias');
    await symlink(base, alias);
    const decision = await guard.check('src/main.ts', 'read', { ...scope, baseDir: alias });
    expect(decision).toEqual({ allowed: true, realPath: path.join(base, 'src/main.ts') });
  });

  test('extra roots count for one call only', async () => {
    const exports = path.join(root, 'exports');
    expect(await guard.check(`${exports}/a.md`, 'write', { ...scope, extraRoots: [exports] })).toMatchObject({
      allowed: true,
    });
    expect(await guard.check(`${exports}/a.md`, 'write', scope)).toMatchObject({ allowed: false });
  });
});

describe('attacks', () => {
  const escapes: readonly string[] = [
    '..',
    '../',
    '../101/diary.txt',
    '../../telegram/101/diary.txt',
    'src/../../101/diary.txt',
    '../../../../outside/secret.txt',
    '../../../../../etc/passwd',
    './../101',
    'a/b/c/../../../../101/diary.txt',
    '/etc/passwd',
    '/etc',
    '/',
    '//etc/passwd',
    '/proc/self/environ',
    '/proc/1/environ',
    '/proc/self/fd/0',
    '/proc/self/root/etc/passwd',
    '/proc/thread-self/environ',
    '/dev/zero',
    '/dev/stdin',
    '/sys/kernel',
    '/root/.bashrc',
    '/var/log/syslog',
    '/tmp',
    '/tmp/x',
    '/etc/shadow',
    '../../../../../etc/shadow',
    '/ETC/shadow',
    '/etc/../etc/sudoers',
    '/home/u/.ssh/id_rsa',
    'outlink',
    'outlink/secret.txt',
    'outlink/new.txt',
    'filelink',
    'etclink',
    'etclink/passwd',
    'a/../outlink/secret.txt',
    'outlink/../outlink/secret.txt',
    'src/../etclink/hosts',
    'dangling',
    'dangling/x',
    'loop-a',
    'loop-b/x',
    'neighbour/diary.txt',
    'neighbour',
    'src/up/outlink/secret.txt',
    'src/deep/../../filelink',
    'inlink/up/outlink/secret.txt',
    '.ssh/id_rsa',
    '.SSH/config',
    '.Ssh',
    'sub/.aws/credentials',
    '.env',
    '.ENV',
    '.env.local',
    '.Env.Production',
    '.env.backup',
    '.envrc',
    'config/.env.development',
    'credentials',
    'CREDENTIALS.JSON',
    'id_rsa',
    'ID_ED25519.pub',
    '.config/gcloud/x',
    '.CONFIG/GCloud/x',
    '.docker/config.json',
    '.kube/config',
    '.netrc',
    '.npmrc',
    '.pypirc',
    '.pgpass',
    '.git-credentials',
    'secrets.yaml',
    'token.json',
    '.gnupg/x',
    '.azure/x',
    '.gcloud/x',
    '.ssh./x',
    '.ssh /x',
    '.env.',
    'a\\.ssh\\id_rsa',
    '．ssh/id_rsa',
    '.ｅｎｖ',
    'ＩＤ_ＲＳＡ',
    '',
    ' ',
    '\0',
    'src/main.ts\0.png',
    'src\0/../../101',
  ];

  test(`${escapes.length} ways out are refused for reading and writing, with the path in the text`, async () => {
    expect(escapes.length).toBeGreaterThanOrEqual(60);
    for (const requested of escapes) {
      for (const access of ['read', 'write'] as const) {
        const decision = await guard.check(requested, access, scope);
        expect(decision, `${access} ${JSON.stringify(requested)}`).toMatchObject({ allowed: false });
        if (!decision.allowed)
          expect(decision.message.startsWith(`Access denied: '${requested}' `)).toBe(true);
      }
    }
  });

  test('another chat’s directory, by any spelling, is closed', async () => {
    const other = path.join(root, 'working_dir/chat/telegram/101');
    for (const requested of [
      other,
      `${other}/`,
      `${other}/diary.txt`,
      `${base}/../101/diary.txt`,
      `${base}1`,
      `${base}-x/y`,
    ]) {
      expect(await guard.check(requested, 'read', scope), requested).toMatchObject({
        allowed: false,
        rule: 'outside',
      });
    }
  });

  test('the refusal names the rule that refused', async () => {
    const message = async (requested: string, who = scope) => {
      const decision = await guard.check(requested, 'read', who);
      return decision.allowed ? 'allowed' : `${decision.rule}: ${decision.message}`;
    };
    expect(await message('/home/u/.ssh/id_rsa')).toBe(
      "sensitive: Access denied: '/home/u/.ssh/id_rsa' is a sensitive path and cannot be accessed.",
    );
    expect(await message('outlink/secret.txt')).toContain(
      "symlink: Access denied: 'outlink/secret.txt' symlink validation failed:",
    );
    expect(await message('../101')).toContain("outside: Access denied: '../101' is outside");
  });

  test('any mix of steps either stays inside or is refused', async () => {
    const step = fc.constantFrom(
      '..',
      '.',
      'src',
      'deep',
      'up',
      'outlink',
      'filelink',
      'inlink',
      'neighbour',
      'etclink',
      'loop-a',
      'dangling',
      'new',
      'main.ts',
      '',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (steps, absolute) => {
          const requested = (absolute ? `${base}/` : '') + steps.join('/');
          const decision = await guard.check(requested, 'write', scope);
          if (decision.allowed) expect(isInside(decision.realPath, base)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a pipe and a device are refused without waiting for a writer', async () => {
    expect(await guard.open('pipe', scope)).toMatchObject({ allowed: false, rule: 'not_a_file' });
    expect(await guard.open('/dev/zero', { ...scope, isControlChat: true })).toMatchObject({
      allowed: false,
      rule: 'not_a_file',
    });
    expect(await guard.write('pipe', 'x', 'replace', scope)).toMatchObject({
      allowed: false,
      rule: 'not_a_file',
    });
  });

  /** Swaps a directory of the chat for a link to the outside and back, over and over, while `victim` runs. */
  async function underAttack(rounds: number, victim: () => Promise<void>): Promise<void> {
    const swap = path.join(base, 'swap');
    const parked = path.join(base, 'parked');
    await mkdir(swap);
    await writeFile(path.join(swap, 'secret.txt'), 'mine');
    let attacking = true;
    const attack = async () => {
      for (let round = 0; round < rounds; round += 1) {
        await rename(swap, parked);
        // The guard may create the missing directory in between; the attacker removes that and goes on.
        await symlink(path.join(root, 'outside'), swap).catch(() => undefined);
        await setImmediate();
        await rm(swap, { recursive: true, force: true });
        await rename(parked, swap).catch(() => rm(parked, { recursive: true }));
      }
    };
    const attacker = attack().finally(() => {
      attacking = false;
    });
    while (attacking) await victim();
    await attacker;
    expect(await readFile(path.join(root, 'outside/secret.txt'), 'utf8')).toBe('secret');
    expect(await readdir(path.join(root, 'outside'))).toEqual(['.ssh', 'secret.txt']);
  }

  test('a directory swapped for a link at any moment never opens a file outside', async () => {
    let opened = 0;
    await underAttack(200, async () => {
      const file = await guard.open('swap/secret.txt', scope).catch(() => undefined);
      if (file?.allowed !== true) return;
      opened += 1;
      expect(await file.handle.readFile('utf8')).not.toBe('secret');
      await file.handle.close();
    });
    expect(opened).toBeGreaterThan(0);
  });

  test('a directory swapped for a link at any moment never gets new directories outside', async () => {
    let round = 0;
    await underAttack(400, async () => {
      const write = () => {
        round += 1;
        return guard.write(`swap/new-${round}/deep/x`, 'mine', 'create', scope).catch(() => undefined);
      };
      await Promise.all([write(), write(), write(), write()]);
    });
  });

  test('a directory swapped for a link at any moment never changes a file outside', async () => {
    await underAttack(400, async () => {
      const write = () => guard.write('swap/secret.txt', 'mine', 'replace', scope).catch(() => undefined);
      await Promise.all([write(), write(), write(), write()]);
    });
  });
});

describe('control chats', () => {
  const control = () => ({ ...scope, isControlChat: true });

  test('may go elsewhere', async () => {
    expect(await guard.check('outlink/secret.txt', 'write', control())).toMatchObject({ allowed: true });
    expect(await guard.check('/etc/hostname', 'read', control())).toMatchObject({ allowed: true });
  });

  test('never reach the deny list, the configuration or the database', async () => {
    for (const requested of [
      '/etc/shadow',
      '/proc/self/environ',
      'outlink/.ssh/id_rsa',
      path.join(root, 'microclaw.config.yaml'),
      path.join(root, 'runtime/microclaw.db'),
      path.join(root, 'runtime'),
    ]) {
      expect(await guard.check(requested, 'read', control()), requested).toMatchObject({ allowed: false });
    }
  });

  test('a chat directory inside a protected place stays usable, and a protected place inside a root stays closed', async () => {
    const wide = guardOf(root, { protectedPaths: [root, path.join(base, 'src')] });
    expect(await wide.check('new.txt', 'write', control())).toMatchObject({ allowed: true });
    expect(await wide.check('src/main.ts', 'read', control())).toMatchObject({
      allowed: false,
      rule: 'protected',
    });
  });
});

describe('what a listing below an allowed directory leaves out', () => {
  test('is credentials and the program’s own files, also in a control chat', async () => {
    const isHidden = await guard.hiddenFrom({ ...scope, isControlChat: true });
    const hidden = (file: string) => isHidden(path.join(root, file));
    for (const file of ['runtime', 'runtime/microclaw.db', 'microclaw.config.yaml', 'outside/.ssh']) {
      expect(hidden(file), file).toBe(true);
    }
    for (const file of ['', 'outside/secret.txt', 'working_dir/shared/common.txt', 'skills/pdf']) {
      expect(hidden(file), file).toBe(false);
    }
  });

  test('is not a root inside of a protected place, nor the way to it', async () => {
    const isHidden = await guardOf(root, { protectedPaths: [root] }).hiddenFrom(scope);
    const hidden = (file: string) => isHidden(path.join(root, file));
    for (const file of ['', 'working_dir', 'working_dir/chat/telegram/100/src', 'skills/pdf']) {
      expect(hidden(file), file).toBe(false);
    }
    for (const file of ['runtime', 'working_dir/chat/telegram/101', 'microclaw.config.yaml']) {
      expect(hidden(file), file).toBe(true);
    }
  });
});
