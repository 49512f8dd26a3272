/**
 * Ways out of the bubblewrap sandbox, tried by real processes. A test that fails here harms nothing: it writes back
 * what it read, and stays small.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { link, lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { CommandRequest } from '../../src/sandbox/command-runner.ts';
import { createCommandRunner } from '../../src/sandbox/create-command-runner.ts';
import { hasBubblewrap, runCommand, type SandboxHome, sandboxHome } from '../support/sandbox-fixture.ts';

const PATH = process.env.PATH ?? '/usr/bin:/bin';
const SECRETS = ['config', 'database', 'the other chat'] as const;

let home: SandboxHome;
beforeEach(async () => {
  home = await sandboxHome();
});

function runner() {
  return createCommandRunner({
    sandbox: home.options,
    env: { PATH },
    clock: systemClock,
    log: { warn: () => {} },
  });
}

async function run(command: string, request: Partial<CommandRequest> = {}) {
  return runCommand(runner(), { command, cwd: home.cwd, ...request });
}

/** Everything a command printed. */
async function outputOf(command: string): Promise<string> {
  const { stdout, stderr } = await run(command);
  return stdout.text + stderr.text;
}

function secretPath(which: (typeof SECRETS)[number]): string {
  if (which === 'config') return home.configPath;
  return which === 'database' ? home.databasePath : path.join(home.otherChat, 'note.txt');
}

async function listening(server: Server, where: ListenOptions): Promise<void> {
  onTestFinished(() => void server.close());
  server.listen(where);
  await once(server, 'listening');
}

/** Bubblewrap before 0.8 and a setuid one cannot. */
function canForbidNesting(): boolean {
  const args = ['--unshare-user', '--disable-userns', '--ro-bind', '/', '/', 'true'];
  return spawnSync('bwrap', args, { stdio: 'ignore' }).status === 0;
}

describe.skipIf(!hasBubblewrap())('under bubblewrap', () => {
  describe.each(SECRETS)('%s', (which) => {
    it.each([
      ['by its path', (file: string) => `cat '${file}'`],
      ['by a relative path', (file: string) => `cat '../../../../../../../../../../..${file}'`],
      ['by a symbolic link', (file: string) => `ln -s '${file}' l; cat l`],
      ['by a hard link', (file: string) => `ln '${file}' h; cat h`],
      ['by the root of another process', (file: string) => `cat /proc/[0-9]*/root'${file}'`],
      [
        'by the directory of another process',
        (file: string) => `cat /proc/[0-9]*/cwd/../../../../..'${file}'`,
      ],
      [
        'by an inherited descriptor',
        () => 'for f in /proc/[0-9]*/fd/*; do [ -f "$f" ] && cat "$f"; done; true',
      ],
      ['by mounting it', (file: string) => `mkdir m; mount --bind '${path.dirname(file)}' m; cat m/*`],
      ['by a new user namespace', (file: string) => `unshare -Urm cat '${file}'`],
      ['by entering the namespaces of process 1', (file: string) => `nsenter -t 1 -a cat '${file}'`],
      ['by a second sandbox', (file: string) => `bwrap --bind / / cat '${file}'`],
    ])('is not read %s', async (_name, command) => {
      expect(await outputOf(command(secretPath(which)))).not.toContain('confidential');
    });
  });

  it('nothing can be written but the directory, /tmp and /dev/shm', async () => {
    const unread = "\\( -path '/proc/[0-9]*' -o -path '/tmp/*' -o -path '/dev/pts' \\) -prune";
    const search = `find / ${unread} -o \\( -type d -o -type f \\) -writable -print 2>/dev/null`;
    const { stdout } = await run(`${search} | while read -r file; do [ -c "$file" ] || echo "$file"; done`);
    expect(stdout.text.trim().split('\n').sort()).toEqual(['/dev/shm', '/tmp']);
  });

  it.each([
    ['/proc/sys/kernel/core_pattern', 'the program the kernel starts for a crash'],
    ['/proc/sys/kernel/modprobe', 'the program the kernel starts for a module'],
    ['/proc/sys/vm/overcommit_memory', 'a setting of the memory'],
    ['/proc/sys/kernel/pid_max', 'a setting of the processes'],
  ])('%s, %s, cannot be set', async (file) => {
    const output = await outputOf(
      `[ -r ${file} ] && value=$(cat ${file}) && echo "$value" > ${file} && echo set`,
    );
    expect(output).not.toMatch(/^set$/m);
  });

  it('holds no capability, gains none, and cannot become another user', async () => {
    const status = await outputOf('grep -E "^(Cap|NoNewPrivs)" /proc/self/status');
    expect(status.match(/Cap\w+:\s+0{16}/g)).toHaveLength(5);
    expect(status).toMatch(/NoNewPrivs:\s+1/);
    const escalate =
      'su -c "echo up" ; sudo -n echo up; unshare -Ur echo up; mknod d b 8 0 && echo up; chroot / echo up';
    expect(await outputOf(escalate)).not.toMatch(/^up$/m);
  });

  it.skipIf(!canForbidNesting())(
    'no namespace of its own gives it capabilities or file systems',
    async () => {
      const output = await outputOf(
        'for kind in U Um Un Up Ui; do unshare -$kind echo entered; done; mkdir m',
      );
      expect(output).not.toMatch(/^entered$/m);
      expect(await outputOf('mount -t tmpfs none m && echo mounted')).not.toMatch(/^mounted$/m);
    },
  );

  it('a setuid program it makes is none', async () => {
    expect(
      await outputOf(
        'cp /usr/bin/id ./me && chmod 4755 me && ./me -u; grep nosuid /proc/self/mountinfo | wc -l',
      ),
    ).toMatch(/^\d+\n[1-9]/);
  });

  it('memory that looks like files is limited', async () => {
    home = await sandboxHome({ limits: { memoryBytes: 32 * 1024 ** 2, cpus: 1, pids: 64 } });
    for (const place of ['/dev/shm', '/tmp', '/dev', '/']) {
      const { exitCode } = await run(`head -c 50000000 /dev/zero > ${place}/big`);
      expect([place, exitCode]).not.toEqual([place, 0]);
    }
  });

  it.skipIf(process.getuid?.() === 0)('a fork bomb ends at the limit of processes', async () => {
    home = await sandboxHome({ limits: { memoryBytes: 256 * 1024 ** 2, cpus: 1, pids: 30 } });
    const output = await outputOf('for i in $(seq 100); do sleep 2 & done; jobs -r | wc -l; kill $(jobs -p)');
    expect(output).toMatch(/fork|Resource temporarily unavailable/);
  });

  it('the control socket is not there, nor is any other socket of the machine', async () => {
    const socketPath = path.join(path.dirname(home.databasePath), 'control.sock');
    const abstractName = `\0microclaw-escape-${process.pid}`;
    let visits = 0;
    for (const name of [socketPath, abstractName]) {
      await listening(
        createServer((socket) => {
          visits += 1;
          socket.destroy();
        }),
        { path: name },
      );
    }
    const connectTo = (name: string) =>
      `perl -MSocket -e 'socket(S,PF_UNIX,SOCK_STREAM,0); connect(S,pack_sockaddr_un("${name.replace('\0', '\\0')}")) and print "reached\\n" or print "$!\\n"'`;
    expect(await outputOf(connectTo(socketPath))).toBe('No such file or directory\n');
    expect(await outputOf(connectTo(abstractName))).toBe('Connection refused\n');
    expect(await outputOf("grep -c '' /proc/net/unix")).toBe('1\n');
    expect(visits).toBe(0);
    // Names without a file belong to the network: who gives a sandbox the network gives it these, too.
    home = await sandboxHome({ noNetwork: false });
    expect(await outputOf(connectTo(abstractName))).toBe('reached\n');
  });

  it('servers of this machine and of the network are not reached', async () => {
    let visits = 0;
    const server = createServer((socket) => {
      visits += 1;
      socket.destroy();
    });
    await listening(server, { host: '127.0.0.1', port: 0 });
    const { port } = server.address() as AddressInfo;
    const knock = `for host in 127.0.0.1 127.1 0.0.0.0 localhost; do echo > /dev/tcp/$host/${port} && echo sent; done`;
    expect(await outputOf(knock)).not.toMatch(/^sent$/m);
    expect(visits).toBe(0);
    const outside =
      'for host in 169.254.169.254 1.1.1.1 fe80::1; do echo x > /dev/udp/$host/53 && echo sent; done';
    expect(await outputOf(outside)).not.toMatch(/^sent$/m);
    home = await sandboxHome({ noNetwork: false });
    expect(await outputOf(knock)).toMatch(/^sent$/m);
  });

  it('other processes are neither seen nor reached by signals', async () => {
    const output = await outputOf(
      `kill -0 ${process.pid} && echo alive; ls -d /proc/${process.pid}; ps -e | wc -l`,
    );
    expect(output).not.toContain('alive\n');
    expect(output).not.toContain(`/proc/${process.pid}\n`);
  });

  it('a working directory that was swapped for a link shows nothing', async () => {
    await rename(home.cwd, `${home.cwd}-moved`);
    await symlink(home.otherChat, home.cwd);
    const result = await runner().run({
      command: 'cat note.txt',
      cwd: home.cwd,
      env: { PATH },
      signal: new AbortController().signal,
    });
    expect(result).toMatchObject({
      kind: 'spawn_failed',
      message: expect.stringContaining('symbolic link'),
    });
  });

  it('its working directory cannot be swapped from inside', async () => {
    await run(
      `cd ..; mv '${home.cwd}' aside; rmdir '${home.cwd}'; ln -sfn '${home.otherChat}' '${home.cwd}'; umount '${home.cwd}'`,
    );
    expect((await lstat(home.cwd)).isDirectory()).toBe(true);
    expect(await readdir(path.dirname(home.cwd))).toEqual(['1', '2']);
  });

  it('what it leaves behind cannot be made to write outside: links are files of the chat only', async () => {
    await mkdir(path.join(home.cwd, 'sub'));
    await run(
      `ln -s '${home.configPath}' sub/l; echo changed > sub/l; ln -sfn '${home.otherChat}' sub/d; echo x > sub/d/note.txt`,
    );
    expect(await readFile(home.configPath, 'utf8')).toBe('confidential\n');
    expect(await readFile(path.join(home.otherChat, 'note.txt'), 'utf8')).toBe('confidential\n');
  });

  it('a hard link made outside is a file of the chat: who makes one shows its content', async () => {
    const shown = path.join(home.dir, 'shown.txt');
    await writeFile(shown, 'shown on purpose');
    await link(shown, path.join(home.cwd, 'shown.txt'));
    expect(await outputOf('cat shown.txt')).toBe('shown on purpose');
  });
});
