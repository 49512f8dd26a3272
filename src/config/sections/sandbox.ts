/** Keys of the sandbox that commands run in (tools §13). */
import { z } from 'zod';
import {
  block,
  choice,
  count,
  flag,
  optionalText,
  section,
  text,
  textList,
  withDefault,
  withWrittenDefault,
} from '../schema-types.ts';

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const MIN_MEMORY_BYTES = 16 * 1024 ** 2;
const DEFAULT_MEMORY = '1g';
const DEFAULT_MEMORY_BYTES = 1024 ** 3;
const DEFAULT_CPUS = 1;

/** A number of bytes, or a number with one of the engines' units; becomes bytes. */
const memory = () =>
  z.union([z.int(), z.string().trim()]).transform((value, context) => {
    const match = /^(\d{1,12})([bkmg]?)$/i.exec(String(value));
    const bytes = Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() || 'b'] ?? 1);
    if (match !== null && bytes >= MIN_MEMORY_BYTES && Number.isSafeInteger(bytes)) return bytes;
    context.addIssue({
      code: 'custom',
      message: 'must be an amount of memory such as 512m or 2g, at least 16m',
    });
    return z.NEVER;
  });

/** A positive number, also in quotes as the engines take it. */
const cpus = () =>
  z.union([z.number(), z.string().trim()]).transform((value, context) => {
    const number = Number(value);
    if (value !== '' && number >= 0.01 && number <= 1024) return number;
    context.addIssue({ code: 'custom', message: 'must be a number of processor cores such as 0.5 or 2' });
    return z.NEVER;
  });

const containerPrefix = () =>
  z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, 'must start with a letter or digit and hold only those and _ . -');

/** Section of the sandbox. */
export const sandboxSection = section(
  'Sandbox',
  'With `mode: all` every command runs in a sandbox that shows it the directory of its chat, the shared directory and ' +
    'the programs of the system (bubblewrap) or of an image (docker, podman). Tools that start no command are confined ' +
    'by rules of their own and stay on the host.',
  {
    sandbox: block('Where commands run.', {
      mode: choice(
        '`off`: commands run on the host. `all`: every command runs in a sandbox.',
        ['off', 'all'],
        'off',
      ),
      backend: choice(
        'Kind of sandbox. `auto`: the first of docker, podman and bubblewrap that works.',
        ['auto', 'docker', 'podman', 'bubblewrap'],
        'auto',
      ),
      image: text('Image of containers. It is never downloaded on its own.', 'ubuntu:25.10'),
      container_prefix: withDefault(containerPrefix, () => 'microclaw-sandbox', {
        description: 'Start of container names.',
      }),
      no_network: flag('Commands reach no network, this machine included.', true),
      require_runtime: flag(
        'Refuses commands when no sandbox works. `false` runs them on the host then, with one warning.',
        true,
      ),
      mount_allowlist_path: optionalText(
        'File with one directory per line; only what is below one of them is shown to sandboxes. A missing or empty ' +
          'file allows every directory. `MICROCLAW_SANDBOX_MOUNT_ALLOWLIST` is used when this is not set.',
        { defaultText: '`~/.microclaw/sandbox-mount-allowlist.txt`' },
      ),
      security_profile: choice(
        'Rights of containers. `hardened`: no capability and no new privileges; `standard`: those of the engine; ' +
          '`privileged`: all of the host. bubblewrap is always hardened.',
        ['hardened', 'standard', 'privileged'],
        'hardened',
      ),
      cap_add: textList('Capabilities that containers get in addition; not with `privileged`.'),
      memory_limit: withWrittenDefault(memory, DEFAULT_MEMORY, () => DEFAULT_MEMORY_BYTES, {
        description:
          'Memory, such as `512m` or `2g`. Of the whole container; with bubblewrap of each process and of `/tmp`.',
        defaultText: `\`${DEFAULT_MEMORY}\``,
        type: ['string', 'integer'],
      }),
      cpu_quota: withWrittenDefault(cpus, DEFAULT_CPUS, () => DEFAULT_CPUS, {
        description: 'Processor cores of a container. bubblewrap has no such limit.',
        defaultText: `\`${DEFAULT_CPUS}\``,
        type: ['number', 'string'],
      }),
      pids_limit: count(
        'Processes at the same time. With bubblewrap the kernel does not apply it to root.',
        256,
        { min: 4, max: 1_000_000 },
      ),
      credential_env_allowlist: textList(
        'Variables that enter a sandbox although their name looks like a credential, without regard to case.',
      ),
    }),
  },
);
