/**
 * `microclaw web password|password-generate|password-clear`: through the running server when there is one, otherwise
 * in the database itself, under its lock. All logins end either way.
 */
import { layoutOf } from '../../app/data-layout.ts';
import { loadConfig } from '../../config/load-config.ts';
import { systemClock } from '../../core/clock.ts';
import { systemIds } from '../../core/ids.ts';
import { codePointLength } from '../../core/text.ts';
import { MIN_PASSWORD_CHARS, OperatorPassword } from '../../security/access/operator-password.ts';
import { generatePassword } from '../../security/access/password-generate.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import { askServer } from '../control-client.ts';
import { cliErrors } from '../errors.ts';

const PATH = '/api/auth/password';
const AUDIT_ACTOR = 'cli';

/** Sets the given password. Raises `MC_CLI_WEAK_PASSWORD`. */
export async function setPasswordCommand(context: CommandContext, password: string): Promise<number> {
  if (codePointLength(password.trim()) < MIN_PASSWORD_CHARS) {
    throw cliErrors.create('WEAK_PASSWORD', `password must be at least ${MIN_PASSWORD_CHARS} chars`);
  }
  const revoked = await changePassword(context, password);
  context.out(`Web password reset successfully.\nRevoked web sessions: ${revoked}\n`);
  return EXIT.ok;
}

/** Sets a random password and prints it. */
export async function generatePasswordCommand(context: CommandContext): Promise<number> {
  const password = generatePassword(systemIds);
  const revoked = await changePassword(context, password);
  context.out(
    `Web password reset successfully.\nNew password: ${password}\nRevoked web sessions: ${revoked}\n`,
  );
  return EXIT.ok;
}

/** Removes the password; the server goes back to its one-time link. */
export async function clearPasswordCommand(context: CommandContext): Promise<number> {
  const revoked = await changePassword(context, null);
  context.out(`Web password cleared.\nRevoked web sessions: ${revoked}\n`);
  return EXIT.ok;
}

/** Returns how many logins ended. `null` removes the password. */
async function changePassword(context: CommandContext, password: string | null): Promise<number> {
  const { env, cwd, configFlag } = context;
  const { config } = await loadConfig({ flag: configFlag, env, cwd });
  const layout = layoutOf(config);
  const logins = await askServer(layout.controlSocket, { method: 'GET', path: '/api/auth/sessions' });
  if (logins === undefined) return await changeInDatabase(layout.databasePath, password);
  const call =
    password === null
      ? ({ method: 'DELETE', path: PATH } as const)
      : ({ method: 'POST', path: PATH, body: { password } } as const);
  await askServer(layout.controlSocket, call);
  return Array.isArray(logins.sessions) ? logins.sessions.length : 0;
}

async function changeInDatabase(path: string, password: string | null): Promise<number> {
  const [{ openStorage }, { createRepositories }] = await Promise.all([
    import('../../storage/storage.ts'),
    import('../../storage/repositories/repositories.ts'),
  ]);
  const storage = await openStorage({ path, clock: systemClock });
  try {
    const repositories = createRepositories(storage, systemClock);
    const operator = new OperatorPassword(repositories.auth);
    const live = await repositories.auth.listLiveSessions();
    if (password === null) await operator.clear();
    else await operator.set(password);
    const action = password === null ? 'auth.clear_password' : 'auth.set_password';
    await repositories.audit.append({ kind: 'operator', actor: AUDIT_ACTOR, action, status: 'ok' });
    return live.length;
  } finally {
    await storage.close();
  }
}
