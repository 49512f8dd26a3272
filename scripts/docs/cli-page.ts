/** The reference page of the command line: the help of every command. */
import { commandLines, runProgram } from '../../src/cli/program.ts';

const INTRODUCTION = `# Command line

Generated from the commands by \`npm run docs\`. Results go to stdout, everything else to stderr. Exit codes: 0 success,
1 failure, 2 wrong usage (and for \`config check\` no readable file, for \`doctor\` a failed check); \`policy explain\` also 3 (a
person is asked) and 4 (refused).

Environment: \`MICROCLAW_CONFIG\` names the configuration file, \`MICROCLAW_LOG\` (or \`RUST_LOG\`) the log level, such as
\`debug\` or \`info,llm=debug\`; \`ANTHROPIC_API_KEY\`, \`OPENAI_API_KEY\` and \`OPENROUTER_API_KEY\` are used where the
configuration names no key.

While a server runs, commands that concern it go through its control socket \`<data_dir>/runtime/control.sock\`, which only
the user that runs it may open. \`approvals\` and \`config reload\` need a running server; the others work without one, too.
`;

const QUIET = { env: {}, cwd: '/', configFlag: undefined, out: () => {}, err: () => {} };

/** The whole page. */
export async function renderCliPage(): Promise<string> {
  const parts: string[] = [];
  for (const command of commandLines(QUIET)) {
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
  await runProgram([...command, '--help'], { ...QUIET, out, err: out });
  return help;
}
