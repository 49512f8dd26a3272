/** The reference page of the command line: the help of every command. */
import { runProgram } from '../../src/cli/program.ts';

const COMMANDS: readonly (readonly string[])[] = [
  [],
  ['start'],
  ['run'],
  ['doctor'],
  ['config'],
  ['config', 'check'],
  ['config', 'path'],
  ['config', 'schema'],
  ['config', 'get'],
  ['config', 'set'],
  ['config', 'unset'],
  ['config', 'explain'],
  ['config', 'reload'],
  ['web'],
  ['web', 'password'],
  ['web', 'password-generate'],
  ['web', 'password-clear'],
  ['audit'],
  ['audit', 'verify'],
  ['audit', 'list'],
  ['hooks'],
  ['hooks', 'list'],
  ['hooks', 'info'],
  ['hooks', 'enable'],
  ['hooks', 'disable'],
];

const INTRODUCTION = `# Command line

Generated from the commands by \`npm run docs\`. Results go to stdout, everything else to stderr. Exit codes: 0 success,
1 failure, 2 wrong usage (and for \`config check\` no readable file, for \`doctor\` a failed check); \`policy explain\` also 3 (a
person is asked) and 4 (refused).

Environment: \`MICROCLAW_CONFIG\` names the configuration file, \`MICROCLAW_LOG\` (or \`RUST_LOG\`) the log level, such as
\`debug\` or \`info,llm=debug\`; \`ANTHROPIC_API_KEY\`, \`OPENAI_API_KEY\` and \`OPENROUTER_API_KEY\` are used where the
configuration names no key.

While a server runs, \`run\`, \`web password…\` and \`audit\` go through its control socket \`<data_dir>/runtime/control.sock\`.
`;

/** The whole page. */
export async function renderCliPage(): Promise<string> {
  const parts: string[] = [];
  for (const command of COMMANDS) {
    const help = await helpOf(command);
    parts.push(`## microclaw ${command.join(' ')}`.trimEnd(), '', '```', help.trimEnd(), '```', '');
  }
  return `${INTRODUCTION}\n${parts.join('\n')}`;
}

async function helpOf(command: readonly string[]): Promise<string> {
  let help = '';
  const out = (text: string) => {
    help += text;
  };
  await runProgram([...command, '--help'], { env: {}, cwd: '/', configFlag: undefined, out, err: out });
  return help;
}
