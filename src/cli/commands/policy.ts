/**
 * `microclaw policy explain|list`: what the rules make of a tool call, and of every tool in the default chat.
 *
 * Invariants: what is printed cannot steer the terminal; the input, which may hold secrets, is not printed.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { errorMessage } from '../../core/errors.ts';
import { isRecord, parseJson } from '../../core/json.ts';
import type { PolicyExplanationBody } from '../../http/schemas/policy.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { cliErrors } from '../errors.ts';
import { plainText } from '../plain-text.ts';
import { withPolicySource } from '../policy-source.ts';

export interface PolicyExplainOptions {
  readonly session?: string | undefined;
  /** JSON, `@file` or `-` for stdin. */
  readonly input?: string | undefined;
  readonly principal?: string | undefined;
  readonly tainted: boolean;
  readonly json: boolean;
}

/** The exit code says the decision, so that scripts need not read the text. */
const EXIT_OF: Readonly<Record<PolicyExplanationBody['decision'], number>> = {
  allow: EXIT.ok,
  warn: EXIT.ok,
  ask: EXIT.asks,
  block: EXIT.blocked,
};

/** Prints the steps. Exit code 0 when the call runs, 3 when a person is asked, 4 when it is refused. */
export async function policyExplainCommand(
  context: CommandContext,
  tool: string,
  options: PolicyExplainOptions,
): Promise<number> {
  const input = options.input === undefined ? undefined : await readInput(context, options.input);
  const explanation = await withPolicySource(context, (source) =>
    source.explain({
      tool,
      ...(options.session === undefined ? {} : { session_key: options.session }),
      ...(options.principal === undefined ? {} : { principal: options.principal }),
      ...(input === undefined ? {} : { input }),
      tainted: options.tainted,
    }),
  );
  context.out(options.json ? `${JSON.stringify(explanation, null, 2)}\n` : describe(explanation));
  return EXIT_OF[explanation.decision];
}

/** Prints every tool with what happens to a call of it in the default chat, as far as its input does not matter. */
export async function policyListCommand(
  context: CommandContext,
  { json }: { readonly json: boolean },
): Promise<number> {
  const rows = await withPolicySource(context, async ({ tools, explain }) => {
    const listed: ListedDecision[] = [];
    for (const tool of await tools()) {
      listed.push({ ...tool, decision: (await explain({ tool: tool.name })).decision });
    }
    return listed;
  });
  if (json) context.out(`${JSON.stringify(rows, null, 2)}\n`);
  else context.out(toTable([HEADINGS, ...rows.map(toCells)]));
  return EXIT.ok;
}

interface ListedDecision {
  readonly name: string;
  readonly risk: string;
  readonly concurrency: string;
  readonly timeout_secs: number;
  readonly decision: string;
}

const HEADINGS = ['TOOL', 'RISK', 'CLASS', 'DECISION', 'TIMEOUT'];

function toCells(row: ListedDecision): readonly string[] {
  return [row.name, row.risk, row.concurrency, row.decision, `${row.timeout_secs} s`].map(plainText);
}

function toTable(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_heading, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

function describe({ tool, session_key, principal, decision, steps, notes }: PolicyExplanationBody): string {
  const lines = [
    `${decision.toUpperCase()}  ${tool} in ${session_key} as ${principal}`,
    ...(steps.length === 0 ? ['  no rule is about this call'] : []),
    ...steps.flatMap((step) => [
      `  ${step.decision.padEnd(5)}  ${step.step.padEnd(17)}  ${step.reason}`,
      `         rule ${step.rule}. ${step.how_to_change}`,
    ]),
    ...notes.map((note) => `note: ${note}`),
  ];
  return lines.map((each) => `${plainText(each)}\n`).join('');
}

async function readInput({ cwd }: CommandContext, given: string): Promise<Readonly<Record<string, unknown>>> {
  const parsed = parseJson(await readText(cwd, given));
  if (isRecord(parsed)) return parsed;
  throw cliErrors.create('INVALID_INPUT', '--input is not a JSON object');
}

async function readText(cwd: string, given: string): Promise<string> {
  if (given === '-') return await text(process.stdin);
  if (!given.startsWith('@')) return given;
  try {
    return await readFile(resolve(cwd, given.slice(1)), 'utf8');
  } catch (cause) {
    throw cliErrors.create('INVALID_INPUT', `--input: ${errorMessage(cause)}`, { cause });
  }
}
