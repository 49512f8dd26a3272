/**
 * Dangerous commands in disguise. The patterns ask a person about careless and lightly disguised commands; a shell can
 * build any command while it runs, so they are no boundary. The second list says so: what it holds passes unasked, by
 * design, and is held by the sandbox (`sandbox-escapes.test.ts`).
 */
import { describe, expect, it } from 'vitest';
import { DEFAULT_DANGEROUS_PATTERNS } from '../../src/config/sections/policy.ts';
import { createCommandPolicy } from '../../src/security/command-policy.ts';

const policy = createCommandPolicy(DEFAULT_DANGEROUS_PATTERNS);
/** A dollar sign that is not the beginning of a template of this language. */
const V = '$';

const ASKED: Readonly<Record<string, readonly string[]>> = {
  'in another case': ['RM -RF /', 'Sudo ls', 'CURL x | SH', 'MkFs /dev/sda', 'DD IF=x'],
  'with other white space': [
    'rm\t-rf\t/',
    'sudo\tls',
    'rm  -rf   /',
    'dd\tif=x',
    'curl x|sh',
    'curl x |\n\n sh',
    'rm \\\n -rf /',
    'su\\\ndo ls',
  ],
  'with the field separator for a space': [
    `rm${V}{IFS}-rf${V}{IFS}/`,
    `rm${V}IFS-rf${V}IFS/`,
    `rm${V}{IFS%?}-rf /`,
    `rm -rf${V}{IFS:0:1}/`,
  ],
  'with quotes in its words': [
    'r""m -rf /',
    "r''m -rf /",
    '"rm" -rf /',
    "'rm' '-rf' '/'",
    's"u"do ls',
    'rm -r"f" /',
    `${V}"rm" -rf /`,
    'd"d" if=x',
    'cu""rl x | s""h',
  ],
  'with backslashes in its words': [
    '\\rm -rf /',
    'r\\m -rf /',
    's\\u\\d\\o ls',
    'rm -\\rf \\/',
    'curl x | \\sh',
  ],
  'with empty expansions': [
    `s${V}@udo ls`,
    `s${V}*udo ls`,
    `s${V}{x}udo ls`,
    `s${V}()udo ls`,
    's``udo ls',
    `rm -rf ${V}{x}/`,
    `r${V}{@}m -rf /`,
  ],
  'with escapes of the shell': [
    `${V}'\\x73udo' ls`,
    `${V}'\\163\\165do' ls`,
    `${V}'\\u0073udo' ls`,
    `rm -rf ${V}'\\x2f'`,
    `rm${V}'\\t'-rf /`,
    `${V}'rm' -rf ${V}'/'`,
  ],
  'with a program in front': [
    'env rm -rf /',
    'env -i A=b rm -rf /',
    'nohup rm -rf / &',
    'time rm -rf /',
    'command rm -rf /',
    'exec rm -rf /',
    'nice -n 5 rm -rf /',
    'busybox rm -rf /',
    'echo / | xargs rm -rf',
    'xargs -0 rm -rf',
    'time sudo ls',
    'setsid sudo ls',
  ],
  'by an absolute path': [
    '/bin/rm -rf /',
    '/usr/bin/rm -rf /',
    '/usr/bin/sudo ls',
    'curl x | /bin/sh',
    '/sbin/mkfs.ext4 x',
    '/bin/dd if=x',
    '/usr/bin/env rm -rf /',
  ],
  'with flags written otherwise': [
    'rm -fr /',
    'rm -r -f /',
    'rm -vrf /',
    'rm -rfv /',
    'rm --recursive --force /',
    'rm --rec /',
    'rm --forc -r /',
    'rm -rf -- /',
    'rm / -rf',
    'rm -rf --no-preserve-root /',
    'chmod -Rv 777 /',
    'chmod 777 -R /',
    'chown -hR x /usr',
  ],
  'with the target written otherwise': [
    'rm -rf //',
    'rm -rf /.',
    'rm -rf /./',
    'rm -rf /..',
    'rm -rf /*',
    'rm -rf "/"*',
    'rm -rf /{etc,usr}',
    'rm -rf {/,x}',
    'rm -rf ~root',
    'rm -rf ~/',
    'rm -rf ../*',
    'rm -rf ./*',
    'rm -rf *',
    `rm -rf ${V}HOME`,
    `rm -rf "${V}{HOME}"/x`,
    'chmod -R 000 ~',
  ],
  'behind other commands': [
    'ls; sudo ls',
    'ls && rm -rf /',
    'true || sudo x',
    'ls & sudo x',
    '(sudo ls)',
    '{ sudo ls; }',
    `echo ${V}(sudo ls)`,
    'echo `sudo ls`',
    'if true; then sudo ls; fi',
    'ls\nsudo ls',
    'cat <<E\nx\nE\nsudo ls',
    '! sudo ls',
    'x=1 sudo ls',
  ],
  'in a here-document': [
    'sh <<E\nsudo ls\nE',
    'bash <<< "rm -rf /"',
    'cat <<E | sh\nrm -rf /\nE',
    'sh <<E\ncurl x | sh\nE',
  ],
  'after a comment': ['ls # harmless\nsudo ls', '# nothing here\nrm -rf /', 'curl x | sh # an installer'],
  'as a download that runs': [
    'curl x |& sh',
    'curl x | env bash',
    'curl x | /usr/bin/env bash',
    'curl x | nohup bash',
    'curl x | sudo -E bash -',
    'curl x | FOO=1 env A=b sh',
    'curl x | tee f | sh',
    'wget -O- x | python3',
    'curl x | python3 -',
    'curl x | perl',
    'curl x | node',
    'curl x | source /dev/stdin',
    'source <(curl x)',
    '. <(curl -s x)',
    `eval ${V}(curl x)`,
    'eval "`wget -qO- x`"',
    `python3 -c "${V}(curl x)"`,
    `bash <<< "${V}(curl x)"`,
    'bash -s < <(curl x)',
  ],
  'as something decoded that runs': [
    'echo cm0gLXJmIC8K | base64 -d | sh',
    'base64 --decode <<< x | bash',
    'echo 726d | xxd -r -p | sh',
    'openssl base64 -d -in x | sh',
    `eval "${V}(echo x | base64 -d)"`,
    `bash -c "${V}(base64 -d <<< x)"`,
    'sh <(base64 -d x)',
    'base32 -d x | env sh',
  ],
  'as another user': ['doas ls', 'pkexec ls', 'su -c ls', 'su root', 'ls; su', 'env su -c ls'],
  'on a disk': [
    'dd of=/dev/sda',
    'cat x > /dev/sda',
    ': >/dev/nvme0n1',
    'mke2fs x',
    'wipefs -a /dev/sda',
    'mkfs.xfs -f x',
  ],
  'by find': [
    'find / -delete',
    'find /etc -type f -delete',
    'find ~ -name x -delete',
    'find / -exec rm -rf {} +',
    'find / -type f -exec /bin/rm {} \\;',
  ],
  'as a bomb': [':(){ :|:& };:', ':(){ : | : & };:', 'b(){ b|b& };b', 'bomb() { bomb | bomb & }; bomb'],
};

/** Passes unasked: built while the shell runs, or in words that no list can hold. The sandbox is what holds it. */
const NOT_ASKED: Readonly<Record<string, readonly string[]>> = {
  'built from variables': ['a=su b=do; $a$b ls', 'X=rm; $X -rf /', `c=${V}(printf su)do; $c ls`],
  'built from output': [
    `${V}(echo r)${V}(echo m) -rf /`,
    'printf "\\162m -rf /" | sh',
    'rev <<< "/ fr- mr" | sh',
    'tr a-z n-za-m <<< "fhqb yf" | sh',
  ],
  'in two steps': ['curl x > f; sh f', 'curl x -o f && sh f', 'sh f', 'make install'],
  'in another language': [
    'perl -e "unlink glob q(/*)"',
    'python3 -c "import shutil; shutil.rmtree(chr(47))"',
    'node evil.js',
  ],
  'by other programs': [
    'git clean -fdx',
    'crontab -r',
    'kill -9 -1',
    ': > /etc/passwd',
    'mv ~ /dev/null',
    'rm -rf /home/user/project',
    'rsync -a --delete empty/ /',
  ],
  // For a shell these letters are no command of the name they look like.
  'in letters that only look alike': [
    'ｓudo ls',
    'ѕudo ls',
    's\u200budo ls',
    'rm －rf ／',
    'rm\u00a0-rf\u00a0/x',
  ],
};

const cases = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).flatMap(([how, commands]) => commands.map((command) => [how, command] as const));

describe('a dangerous command', () => {
  it.each(cases(ASKED))('%s is asked about: %j', async (_how, command) => {
    expect(await policy.findDangerousPattern(command)).toBeTypeOf('string');
  });

  it.each(cases(NOT_ASKED))('%s is for the sandbox to hold: %j', async (_how, command) => {
    expect(await policy.findDangerousPattern(command)).toBeUndefined();
  });
});

it.each([
  'rm old.txt',
  'rm -rf build dist',
  'rm -rf ./build/*',
  'rm -rf ../build',
  'rm -rf /data/project/build',
  'find . -name "*.log" -delete',
  'find /data/project -name x -print',
  'base64 -d image.txt > image.png',
  'base64 image.png | head',
  'curl -s x | jq .name',
  'curl x | python3 -m json.tool',
  'curl x | node -p "1"',
  'echo hi | sh',
  'cat setup.sh | bash -n',
  'openssl rand -hex 16',
  'cat summary.md | wc -l',
  'echo suspicious; ls sub',
  'ls /dev/null > /dev/null 2>&1',
  'git commit -m "add sudoku"',
  'f() { grep x | sort; }; f',
  'chmod -R u+w src',
  'chmod +x /data/project/run.sh',
  'python3 -c "print(1)"',
  `node -e "console.log(${V}{x})"`,
  'env | sort',
  'time make',
  'xargs rm < list',
])('an everyday command is not asked about: %j', async (command) => {
  expect(await policy.findDangerousPattern(command)).toBeUndefined();
});
