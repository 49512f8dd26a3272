/**
 * `microclaw audit verify|list`: through the running server when there is one, otherwise in the database itself, under
 * its lock.
 *
 * Invariant: what is printed cannot steer the terminal, whoever chose the text of an entry.
 */
import { access } from 'node:fs/promises';
import { z } from 'zod';
import { layoutOf } from '../../app/data-layout.ts';
import { loadConfig } from '../../config/load-config.ts';
import { systemClock } from '../../core/clock.ts';
import type { AuditRepository } from '../../storage/repositories/audit-repository.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { askServer } from '../control-client.ts';
import { cliErrors } from '../errors.ts';
import { plainText } from '../plain-text.ts';

export interface AuditListOptions {
  readonly kind: string | undefined;
  readonly limit: number;
}

const verification = z.object({
  sealed_entries: z.int(),
  intact: z.boolean(),
  broken_at: z.int().nullable(),
  reason: z.string().nullable(),
});

const entry = z.object({
  kind: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  status: z.string(),
  detail: z.string().nullable(),
  created_at: z.string(),
});

const page = z.object({ logs: z.array(entry) });

/** Exit code 1 when an entry was changed, removed or inserted. */
export async function auditVerifyCommand(context: CommandContext): Promise<number> {
  const result = await ask(context, '/api/audit/verify', verification, async (audit) => {
    const { sealedEntries, intact, brokenAt, reason } = await audit.verify();
    return { sealed_entries: sealedEntries, intact, broken_at: brokenAt, reason };
  });
  if (result.intact) {
    context.out(`Audit chain intact: ${result.sealed_entries} sealed entries verified.\n`);
    return EXIT.ok;
  }
  context.err(`Audit chain BROKEN at entry id ${result.broken_at}: ${result.reason}\n`);
  return EXIT.failure;
}

/** Prints entries, the newest first. */
export async function auditListCommand(context: CommandContext, options: AuditListOptions): Promise<number> {
  const query = new URLSearchParams({ limit: String(options.limit) });
  if (options.kind !== undefined) query.set('kind', options.kind);
  const { logs } = await ask(context, `/api/audit?${query}`, page, async (audit) => {
    const { limit, kind } = options;
    const entries = await audit.list({ limit, ...(kind === undefined ? {} : { kind }) });
    return { logs: entries.map(({ createdAt, ...rest }) => ({ ...rest, created_at: createdAt })) };
  });
  context.out(logs.map((row) => `${toLine(row)}\n`).join(''));
  return EXIT.ok;
}

function toLine(row: z.infer<typeof entry>): string {
  const target = row.target === null ? '' : ` target=${row.target}`;
  const detail = row.detail === null ? '' : ` ${row.detail}`;
  return plainText(
    `[${row.created_at}] ${row.kind} ${row.actor} ${row.action} ${row.status}${target}${detail}`,
  );
}

async function ask<Answer>(
  context: CommandContext,
  path: string,
  schema: z.ZodType<Answer>,
  read: (audit: AuditRepository) => Promise<Answer>,
): Promise<Answer> {
  const { env, cwd, configFlag } = context;
  const { config } = await loadConfig({ flag: configFlag, env, cwd });
  const layout = layoutOf(config);
  const answer = await askServer(layout.controlSocket, { method: 'GET', path });
  if (answer !== undefined) return schema.parse(answer);
  return await readDatabase(layout.databasePath, read);
}

async function readDatabase<Answer>(
  path: string,
  read: (audit: AuditRepository) => Promise<Answer>,
): Promise<Answer> {
  await requireFile(path);
  const [{ openStorage }, { createRepositories }] = await Promise.all([
    import('../../storage/storage.ts'),
    import('../../storage/repositories/repositories.ts'),
  ]);
  const storage = await openStorage({ path, clock: systemClock });
  try {
    return await read(createRepositories(storage, systemClock).audit);
  } finally {
    await storage.close();
  }
}

/** Reading must not make an empty database where there was none. */
async function requireFile(path: string): Promise<void> {
  try {
    await access(path);
  } catch (cause) {
    throw cliErrors.create('NO_DATABASE', `there is no database at ${path}`, { cause });
  }
}
