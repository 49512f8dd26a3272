/** Keys of what tools may do and reach: tool policy, egress policy, dangerous commands. */
import { z } from 'zod';
import { lazy } from '../../core/lazy.ts';
import { keyedObject } from '../keyed-object.ts';
import {
  block,
  chatId,
  choice,
  countOrDefault,
  flag,
  optional,
  optionalText,
  section,
  textList,
  withDefault,
} from '../schema-types.ts';

const MODES = ['off', 'warn', 'block'] as const;

// Parts of the patterns. A `command` ends at `;`, `&`, `|` or the end of its line.
const REST = String.raw`[^;&|\n]*`;
const END = String.raw`(?:[\s;&|)]|$)`;
const START = String.raw`(?:^|[;&|(\n])\s*`;
const ROOT = String.raw`/[\w.*{},-]*/?\*?`;
const HOME = String.raw`(?:~|\$\{?HOME\}?)`;
const WIPED = String.raw`["'{]*(?:${ROOT}|\*|\.{1,2}/?\*|${HOME}[^\s;&|]*)["']?`;
const WIPE_FLAG = String.raw`(?:-[a-z]*[rf][a-z]*|--r[a-z]+|--f[a-z]+)\b`;
const SHELL = '(?:ba|z|fi|da|k)?sh';
const RUNNER = '(?:sudo|doas|env|nohup|nice|time|command|exec|xargs|stdbuf|setsid|busybox)';
/** Programs that start another one, with their options and assignments. */
const RUNNERS = String.raw`(?:\w+=\S*\s+)*(?:(?:\S*/)?${RUNNER}\s+(?:(?:-\S+|\w+=\S*)\s+)*)*(?:\S*/)?`;
/** What makes commands out of something that nobody has read. */
const FEED = '(?:curl|wget|fetch|base64|base32|xxd|uudecode|openssl)';
const INTERPRETER = String.raw`(?:python[\d.]*|perl|ruby|node|php)`;
const BACKTICK = String.raw`\x60`;

/** It is better to be asked once too often than once too rarely. */
export const DEFAULT_DANGEROUS_PATTERNS: readonly string[] = [
  // Recursive or forced `rm` of the root, a directory below it, the home directory or everything here.
  String.raw`\brm\b${REST}\s(?:${WIPE_FLAG}${REST}\s${WIPED}${END}|${WIPED}\s(?:${REST}\s)?${WIPE_FLAG})` +
    String.raw`|\bxargs\b${REST}\brm\s+${WIPE_FLAG}`,
  // The same by `find`.
  String.raw`\bfind\s+["']?(?:${ROOT}|${HOME}/?)["']?\s${REST}(?:-delete\b|-exec(?:dir)?\s+(?:\S*/)?rm\b)`,
  // A download, or something decoded, that a shell runs: piped into it, or substituted.
  String.raw`\b${FEED}\b[^\n]*\|&?\s*${RUNNERS}(?:${SHELL}\b|(?:source|\.)\s+/dev/stdin|${INTERPRETER}\s*-?\s*(?:[;&|\n]|$))` +
    String.raw`|(?:\b(?:${SHELL}|eval|source|${INTERPRETER})\b|(?:^|[\s;&|])\.\s)[^\n]*(?:\$\(|<\(|${BACKTICK})[^)\n]*\b${FEED}\b`,
  String.raw`\b(?:sudo|doas|pkexec)\b|(?:${START}|\b${RUNNER}\s+)su(?:\s|$)`,
  String.raw`\bdd\b${REST}\b(?:if=|of=/dev/)|>\s*["']?/dev/(?:[hsv]d[a-z]|xvd|nvme|mmcblk|disk)`,
  // The fork bomb, whatever its name.
  String.raw`\(\s*\)\s*\{\s*[\w:.]+\s*\|\s*[\w:.]+\s*&`,
  String.raw`\b(?:mkfs(?:\.\w+)?|mke2fs|wipefs)\b`,
  // Recursive `chmod` or `chown` of the root, a directory below it, or the home directory.
  String.raw`\bch(?:mod|own|grp)\b${REST}\s(?:-[a-z]*r[a-z]*|--recursive)\b${REST}\s["']?(?:${ROOT}|${HOME}/?)["']?${END}` +
    String.raw`|\bch(?:mod|own|grp)\s+${REST}["']?${ROOT}["']?\s+(?:-[a-z]*R[a-z]*|--recursive)${END}`,
];

const TOOL_NAME = /^[^*\s]*\*?$/;

const toolNameList = lazy(() =>
  z.array(z.string().trim().min(1).regex(TOOL_NAME, 'must be a tool name, a prefix followed by `*`, or `*`')),
);

/** Tool names; a `*` may only end one, because elsewhere it would match nothing and look as if it did. */
function toolNames(description: string) {
  return withDefault(toolNameList, () => [], { description });
}

const maxRisk = optional(() => z.enum(['low', 'medium', 'high']), {
  description: 'Highest risk that is allowed: `low`, `medium` or `high`.',
});

const grant = () =>
  keyedObject({
    chat_id: optional(chatId, {
      type: ['integer', 'string'],
      description: 'Only this chat: its id here, or the id the platform gave it.',
    }),
    channel: optionalText('Only chats of this channel.'),
    principal: optionalText('Only calls of this principal: exact, or a prefix followed by `*`.'),
    allow_tools: toolNames('Tools the grant allows.'),
    deny_tools: toolNames('Tools it denies; wins over every grant that allows.'),
    max_risk: maxRisk,
  });

/** Section of the policies. */
export const policySection = section(
  'Policies',
  'In mode `warn` a violation is written to the audit log and the call goes on; in mode `block` the call is refused. ' +
    'Tool names may end in `*`.',
  {
    tool_policy: block('Which tools may be called, and by whom.', {
      mode: choice('Mode of `deny_tools` and `max_risk`.', MODES, 'off'),
      deny_tools: toolNames('Tools that are denied.'),
      allow_tools: toolNames('Exempt from `deny_tools` and `max_risk`.'),
      max_risk: maxRisk,
      grants_mode: choice(
        'Mode of `grants`. When it is not `off`, a call needs a grant that covers its caller.',
        MODES,
        'off',
      ),
      control_chat_bypass: flag(
        'Control chats need no grant. `deny_tools` and `max_risk` hold for them too.',
        true,
      ),
      grants: withDefault(
        () => z.array(grant()),
        () => [],
        { description: 'Rights per chat, channel and principal.' },
      ),
    }),
    egress_policy: block(
      'Which hosts may be reached: by every request of the program to a destination that a model chose, and as far as ' +
        'the text of a command tells.',
      {
        mode: choice(
          '`block` also refuses to start with a configured endpoint that the rules forbid.',
          MODES,
          'off',
        ),
        allow_hosts: textList(
          'When not empty, only these: a host, `*.example.com` for subdomains only, or a block of addresses. An exact ' +
            'entry may be a private host.',
        ),
        deny_hosts: textList('Never these; wins over `allow_hosts`.'),
        block_private_ips: flag('Refuses addresses of this machine and of private networks.', true),
      },
    ),
    high_risk_tool_user_confirmation_required: flag(
      'A call of a high-risk tool (`bash`) waits until a person approves it. Without it such calls run and are audited.',
      true,
    ),
    taint_policy: choice(
      'What a turn may still do once it has read text that strangers wrote: a result of `web_fetch` or `web_search`, or ' +
        'the message of a webhook. `ask`: calls of medium and high risk except `todo_write` wait until a person ' +
        'approves them, and so does `web_fetch` of an address that stands neither in the text of the user nor in what ' +
        'the turn has read; where nobody can be asked they are refused. `block` refuses them everywhere. `off` lets ' +
        'them pass.',
      ['off', 'ask', 'block'],
      'ask',
    ),
    output_guardrail: block('Keeps credentials out of what people see of the answers of the model.', {
      mode: choice(
        'What happens to an answer that holds a value of a configured secret or a text of the form of a well-known ' +
          'credential: `redact` replaces it by a label, `block` withholds the answer. Unless it is `off`, answers are ' +
          'shown when they are complete, not while they are written, and one that is stopped midway is not shown.',
        ['off', 'redact', 'block'],
        'off',
      ),
    }),
    approval_timeout_secs: countOrDefault(
      'How long such a call waits for its answer, in seconds; without one it is denied.',
      3600,
      { max: 604_800 },
    ),
    bash_dangerous_patterns: textList(
      'Regular expressions (RE2), without regard to case, of commands that need approval, whatever else was approved ' +
        'before. Where nobody can be asked such a command is refused. An empty list lets every command pass.',
      DEFAULT_DANGEROUS_PATTERNS,
      {
        defaultText:
          'recursive or forced `rm` of `/ * ~ $HOME`, a download run by a shell, `sudo`, `dd if=`, the fork bomb, ' +
          '`mkfs`, recursive `chmod` or `chown` of `/`',
      },
    ),
  },
);
