/**
 * `microclaw approvals list|approve|deny`: tool calls that wait for a person, through the running server. Without a
 * server nothing waits: a question is answered when its turn goes on, which only a server does.
 *
 * Invariant: the whole command is shown before anybody can approve it, and nothing printed can steer the terminal.
 */
import { z } from 'zod';
import { layoutOf } from '../../app/data-layout.ts';
import { loadConfig } from '../../config/load-config.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { askServer, type ControlRequest } from '../control-client.ts';
import { cliErrors } from '../errors.ts';
import { plainText } from '../plain-text.ts';

const approval = z.object({
  approval_id: z.string(),
  session_key: z.string(),
  requester: z.string(),
  tool: z.string(),
  input: z.record(z.string(), z.unknown()),
  command: z.string().nullable(),
  cwd: z.string().nullable(),
  risk: z.string(),
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
  state: z.string(),
  decision: z.string().nullable(),
  created_at: z.string(),
  expires_at: z.string(),
  answered_by: z.string().nullable(),
});

type Approval = z.infer<typeof approval>;

const page = z.object({ approvals: z.array(approval) });
const answered = z.object({ approval });

export interface ApprovalsListOptions {
  /** Also those that were answered or have expired. */
  readonly all: boolean;
  readonly json: boolean;
}

/** Prints the questions, the newest first. */
export async function approvalsListCommand(
  context: CommandContext,
  { all, json }: ApprovalsListOptions,
): Promise<number> {
  const path = `/api/approvals${all ? '?state=all' : ''}`;
  const { approvals } = page.parse(await ask(context, { method: 'GET', path }));
  if (json) context.out(`${JSON.stringify(approvals, null, 2)}\n`);
  else if (approvals.length === 0) context.out('No tool call waits for an answer.\n');
  else context.out(approvals.map((row) => `${describe(row)}\n`).join('\n'));
  return EXIT.ok;
}

export interface ApprovalAnswer {
  readonly decision: 'once' | 'always' | 'deny';
  readonly note?: string | undefined;
}

/** Answers one question. Raises `MC_CLI_CONTROL_REFUSED` when it does not exist or has been answered. */
export async function approvalsAnswerCommand(
  context: CommandContext,
  approvalId: string,
  { decision, note }: ApprovalAnswer,
): Promise<number> {
  const body = await ask(context, {
    method: 'POST',
    path: `/api/approvals/${encodeURIComponent(approvalId)}`,
    body: { decision, ...(note === undefined ? {} : { note }) },
  });
  const { tool, state, session_key } = answered.parse(body).approval;
  context.out(`${plainText(`${approvalId}: ${tool} in ${session_key} is ${state}.`)}\n`);
  return EXIT.ok;
}

function describe(row: Approval): string {
  const shown = row.command ?? JSON.stringify(row.input);
  const decided = row.decision === null ? '' : ` (${row.decision} by ${row.answered_by})`;
  return [
    `${row.approval_id}  ${row.state}${decided}`,
    `  tool      ${row.tool} (${row.risk} risk), asked by ${row.requester} in ${row.session_key}`,
    ...shown.split('\n').map((line, index) => `  ${index === 0 ? 'call     ' : '         '} ${line}`),
    `  directory ${row.cwd ?? 'none'}`,
    `  because   ${row.reasons.map(({ text }) => text).join('; ')}`,
    `  from ${row.created_at} until ${row.expires_at}`,
  ]
    .map(plainText)
    .join('\n');
}

async function ask(
  context: CommandContext,
  call: ControlRequest,
): Promise<Readonly<Record<string, unknown>>> {
  const { env, cwd, configFlag } = context;
  const { config } = await loadConfig({ flag: configFlag, env, cwd });
  const body = await askServer(layoutOf(config).controlSocket, call);
  if (body !== undefined) return body;
  throw cliErrors.create('NO_SERVER', 'no server runs on this data directory, so no tool call waits');
}
