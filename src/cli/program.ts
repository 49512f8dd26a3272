/** The commands and their flags. Each action loads its command's file. */
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import { type CommandContext, EXIT } from './command-context.ts';
import { VERSION } from './version.ts';

const HELP_WIDTH = 100;

/** What an action sets. */
interface Outcome {
  code: number;
}

/** Parses and runs. Rejects with what the command rejects with. */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  const outcome: Outcome = { code: EXIT.ok };
  const program = buildProgram(context, outcome);
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: 'user' });
    return outcome.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

/** Every command as it is typed, without its arguments: groups before what is in them. */
export function commandLines(context: CommandContext): readonly (readonly string[])[] {
  const linesOf = (command: Command, line: readonly string[]): readonly (readonly string[])[] => [
    line,
    ...command.commands.flatMap((inner) => linesOf(inner, [...line, inner.name()])),
  ];
  return linesOf(buildProgram(context, { code: EXIT.ok }), []);
}

function buildProgram(context: CommandContext, outcome: Outcome): Command {
  // The same text on every terminal: `docs/cli.md` is made of it.
  const width = () => HELP_WIDTH;
  const program = new Command('microclaw')
    .description('One dependable agent runtime for every conversation surface.')
    .version(`microclaw ${VERSION}`, '-V, --version')
    .option('--config <path>', 'configuration file; may stand anywhere')
    .exitOverride()
    .showHelpAfterError()
    .configureOutput({
      writeOut: context.out,
      writeErr: context.err,
      getOutHelpWidth: width,
      getErrHelpWidth: width,
    });
  addRuntimeCommands(program, context, outcome);
  addConfigCommands(program, context, outcome);
  addWebCommands(program, context, outcome);
  addHookCommands(program, context, outcome);
  addAuditCommands(program, context, outcome);
  addApprovalCommands(program, context, outcome);
  addPolicyCommands(program, context, outcome);
  program
    .command('version')
    .description('print the version')
    .action(() => context.out(`microclaw ${VERSION}\n`));
  return program;
}

function addRuntimeCommands(program: Command, context: CommandContext, outcome: Outcome): void {
  program
    .command('start')
    .description('run the agent and the web console until stopped')
    .action(async () => {
      const { startCommand } = await import('./commands/start.ts');
      outcome.code = await startCommand(context);
    });
  program
    .command('run')
    .description('run one turn and print the answer')
    .requiredOption('-p, --prompt <text>', 'what to ask')
    .option('--session <name>', 'conversation to continue', 'default')
    .option('--json', 'print one line of JSON')
    .option('--approve-tools', 'approve calls that need it for nothing but the risk of their tool')
    .action(async (options: { prompt: string; session: string; json?: true; approveTools?: true }) => {
      const { runCommand } = await import('./commands/run.ts');
      outcome.code = await runCommand(context, {
        ...options,
        json: options.json === true,
        approveTools: options.approveTools === true,
      });
    });
  program
    .command('doctor')
    .description('check this installation; exit code 2 when something is broken')
    .option('--json', 'print the report as JSON')
    .option('--online', 'also ask the model for one word')
    .addArgument(new Argument('[topic]', 'look at one part only, in full').choices(['sandbox']))
    .action(async (topic: 'sandbox' | undefined, options: { json?: true; online?: true }) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      outcome.code = await doctorCommand(context, {
        json: options.json === true,
        online: options.online === true,
        topic,
      });
    });
}

function addConfigCommands(program: Command, context: CommandContext, outcome: Outcome): void {
  const config = program.command('config').description('inspect and change the configuration');
  addConfigEditCommands(config, context, outcome);
  config
    .command('check')
    .description('check the configuration file; exit code 1 for errors, 2 when it cannot be read')
    .option('--json', 'print the findings as JSON')
    .action(async (options: { json?: true }) => {
      const { configCheckCommand } = await import('./commands/config-check.ts');
      outcome.code = await configCheckCommand(context, { json: options.json === true });
    });
  config
    .command('path')
    .description('print the path of the configuration file')
    .action(async () => {
      const { configPathCommand } = await import('./commands/config-path.ts');
      outcome.code = await configPathCommand(context);
    });
  config
    .command('schema')
    .description('print the JSON Schema of the configuration file')
    .action(async () => {
      const { configSchemaCommand } = await import('./commands/config-schema.ts');
      outcome.code = configSchemaCommand(context);
    });
}

function addConfigEditCommands(config: Command, context: CommandContext, outcome: Outcome): void {
  const load = () => import('./commands/config-edit.ts');
  config
    .command('get [key]')
    .description('print a value, credentials masked; everything without a key')
    .action(async (key: string | undefined) => {
      outcome.code = await (await load()).configGetCommand(context, key);
    });
  config
    .command('set <key> <value>')
    .description('change one key, dotted for one of a block; the value is YAML')
    .action(async (key: string, value: string) => {
      outcome.code = await (await load()).configSetCommand(context, key, value);
    });
  config
    .command('unset <key>')
    .description('take a key out of the file: its default is in force')
    .action(async (key: string) => {
      outcome.code = await (await load()).configUnsetCommand(context, key);
    });
  config
    .command('explain <key>')
    .description('print what a key means, its type, default and value, and when a change is in force')
    .action(async (key: string) => {
      outcome.code = await (await load()).configExplainCommand(context, key);
    });
  config
    .command('reload')
    .description('have the running server read the file again')
    .action(async () => {
      outcome.code = await (await load()).configReloadCommand(context);
    });
}

function addWebCommands(program: Command, context: CommandContext, outcome: Outcome): void {
  const web = program.command('web').description('password of the web console');
  web
    .command('password <value>')
    .description('set the password and end all logins')
    .action(async (value: string) => {
      const { setPasswordCommand } = await import('./commands/web-password.ts');
      outcome.code = await setPasswordCommand(context, value);
    });
  web
    .command('password-generate')
    .description('set a random password, print it and end all logins')
    .action(async () => {
      const { generatePasswordCommand } = await import('./commands/web-password.ts');
      outcome.code = await generatePasswordCommand(context);
    });
  web
    .command('password-clear')
    .description('remove the password and end all logins')
    .action(async () => {
      const { clearPasswordCommand } = await import('./commands/web-password.ts');
      outcome.code = await clearPasswordCommand(context);
    });
}

function addAuditCommands(program: Command, context: CommandContext, outcome: Outcome): void {
  const audit = program.command('audit').description('the record of who did what');
  audit
    .command('verify')
    .description('recompute the hash chain; exit code 1 when an entry was changed')
    .action(async () => {
      const { auditVerifyCommand } = await import('./commands/audit.ts');
      outcome.code = await auditVerifyCommand(context);
    });
  audit
    .command('list')
    .description('print entries, the newest first')
    .option('--kind <kind>', 'only entries of this kind: operator, auth, tool, tool_policy, …')
    .option('--limit <count>', 'how many, 1 to 2000', readAuditLimit, DEFAULT_AUDIT_LIMIT)
    .action(async (options: { kind?: string; limit: number }) => {
      const { auditListCommand } = await import('./commands/audit.ts');
      outcome.code = await auditListCommand(context, { kind: options.kind, limit: options.limit });
    });
}

const DEFAULT_AUDIT_LIMIT = 50;
const MAX_AUDIT_LIMIT = 2000;

function readAuditLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_AUDIT_LIMIT) return limit;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_AUDIT_LIMIT}.`);
}

function addPolicyCommands(program: Command, context: CommandContext, outcome: Outcome): void {
  const policy = program.command('policy').description('what the rules make of tool calls');
  policy
    .command('explain')
    .description('why a call is allowed (exit code 0), asked about (3) or refused (4)')
    .argument('<tool>')
    .option('--session <key>', 'the chat that calls; main when absent')
    .option('--input <json>', 'input of the call: JSON, @file, or - for stdin')
    .option('--principal <name>', 'who calls; main when absent')
    .option('--tainted', 'as if the turn had read text of strangers')
    .option('--json', 'print the explanation as JSON')
    .action(
      async (
        tool: string,
        options: { session?: string; input?: string; principal?: string; tainted?: true; json?: true },
      ) => {
        const { policyExplainCommand } = await import('./commands/policy.ts');
        outcome.code = await policyExplainCommand(context, tool, {
          ...options,
          tainted: options.tainted === true,
          json: options.json === true,
        });
      },
    );
  policy
    .command('list')
    .description('every tool with its risk, class, time limit and decision in the default chat')
    .option('--json', 'print them as JSON')
    .action(async (options: { json?: true }) => {
      const { policyListCommand } = await import('./commands/policy.ts');
      outcome.code = await policyListCommand(context, { json: options.json === true });
    });
}

function addApprovalCommands(program: Command, context: CommandContext, outcome: Outcome): void {
  const approvals = program.command('approvals').description('tool calls that wait for a person');
  approvals
    .command('list', { isDefault: true })
    .description('print the calls that wait, the newest first')
    .option('--all', 'also those that were answered or have expired')
    .option('--json', 'print them as JSON')
    .action(async (options: { all?: true; json?: true }) => {
      const { approvalsListCommand } = await import('./commands/approvals.ts');
      outcome.code = await approvalsListCommand(context, {
        all: options.all === true,
        json: options.json === true,
      });
    });
  approvals
    .command('approve <id>')
    .description('let one call run')
    .option('--always', 'and every later high-risk call of this tool in that chat')
    .action(async (id: string, options: { always?: true }) => {
      const { approvalsAnswerCommand } = await import('./commands/approvals.ts');
      const decision = options.always === true ? 'always' : 'once';
      outcome.code = await approvalsAnswerCommand(context, id, { decision });
    });
  approvals
    .command('deny <id>')
    .description('refuse one call')
    .option('--note <text>', 'what the model is told about it')
    .action(async (id: string, { note }: { note?: string }) => {
      const { approvalsAnswerCommand } = await import('./commands/approvals.ts');
      outcome.code = await approvalsAnswerCommand(context, id, { decision: 'deny', note });
    });
}

function addHookCommands(program: Command, context: CommandContext, outcome: Outcome): void {
  const hooks = program
    .command('hooks')
    .description('commands of yours that see, change or block what happens');
  hooks
    .command('list', { isDefault: true })
    .description('print every hook, in the order they run')
    .action(async () => {
      const { listHooksCommand } = await import('./commands/hooks.ts');
      outcome.code = await listHooksCommand(context);
    });
  hooks
    .command('info <name>')
    .description('print one hook as JSON')
    .action(async (name: string) => {
      const { showHookCommand } = await import('./commands/hooks.ts');
      outcome.code = await showHookCommand(context, name);
    });
  for (const word of ['enable', 'disable'] as const) {
    hooks
      .command(`${word} <name>`)
      .description(`${word} a hook; a running server obeys from its next event on`)
      .action(async (name: string) => {
        const { switchHookCommand } = await import('./commands/hooks.ts');
        outcome.code = await switchHookCommand(context, name, word === 'enable');
      });
  }
}
