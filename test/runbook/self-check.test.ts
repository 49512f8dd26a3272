/** The lines of the runbook about the self-check, as an operator types them. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { type ApiClient, setUpOperator } from '../support/api-client.ts';
import { writeHook } from '../support/hook-fixture.ts';
import {
  createHome,
  type MicroclawHome,
  type RunningMicroclaw,
  runMicroclaw,
  startMicroclaw,
} from '../support/microclaw-process.ts';

interface Warning {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly hint: string;
}

interface SelfCheck {
  readonly risk_level: string;
  readonly warning_count: number;
  readonly warnings: readonly Warning[];
  readonly security_posture: Record<string, unknown>;
  readonly memory_backend: Record<string, unknown>;
  readonly tool_timeouts: readonly { tool: string; timeout_secs: number; source: string }[];
}

let home: MicroclawHome;
let server: RunningMicroclaw;
let client: ApiClient;

async function start(config: Readonly<Record<string, unknown>> = {}): Promise<void> {
  home = await createHome({ high_risk_tool_user_confirmation_required: true, ...config });
  server = await startMicroclaw(home);
  client = await setUpOperator(server);
}

afterEach(async () => {
  await server.stop();
  await home.dispose();
});

async function selfCheck(): Promise<SelfCheck> {
  const { status, body } = await client.get('/api/config/self_check');
  expect(status).toBe(200);
  return body as unknown as SelfCheck;
}

const codes = async () => (await selfCheck()).warnings.map(({ code }) => code);

it('names what is off in a fresh installation, with what to do about each', async () => {
  await start();
  const report = await selfCheck();
  expect(report.risk_level).toBe('medium');
  expect(report.warning_count).toBe(report.warnings.length);
  expect(report.warnings.map(({ code }) => code)).toEqual([
    'sandbox_disabled',
    'egress_policy_disabled',
    'tool_capability_grants_disabled',
    'sandbox_mount_allowlist_missing',
  ]);
  for (const { message, hint } of report.warnings) expect([message, hint]).not.toContain('');
  expect(report.memory_backend).toMatchObject({ external_provider_enabled: false, startup_probe_ok: null });
});

it('shows the posture as configured and as found', async () => {
  await start({ sandbox: { mode: 'all', require_runtime: true, backend: 'bubblewrap' } });
  await mkdir(join(home.dir, '.microclaw'));
  const allowlist = join(home.dir, '.microclaw/sandbox-mount-allowlist.txt');
  await writeFile(allowlist, '# nothing yet\n\n');
  const { security_posture: posture } = await selfCheck();
  expect(posture).toMatchObject({
    sandbox_mode: 'all',
    sandbox_backend: 'bubblewrap',
    sandbox_require_runtime: true,
    sandbox_no_network: true,
    sandbox_credential_env_allowlist: [],
    egress_policy_mode: 'off',
    tool_grants_mode: 'off',
    mount_allowlist: { path: allowlist, exists: true, has_entries: false },
  });
  expect(posture.execution_policies).toEqual([
    { tool: 'bash', risk: 'high', policy: 'dual' },
    { tool: 'read_file', risk: 'low', policy: 'host-only' },
    { tool: 'write_file', risk: 'medium', policy: 'host-only' },
    { tool: 'edit_file', risk: 'medium', policy: 'host-only' },
    { tool: 'glob', risk: 'low', policy: 'host-only' },
    { tool: 'grep', risk: 'low', policy: 'host-only' },
  ]);
});

it('is high when the sandbox that commands need does not work', async () => {
  home = await createHome({
    high_risk_tool_user_confirmation_required: true,
    sandbox: { mode: 'all', backend: 'podman' },
  });
  server = await startMicroclaw(home, { env: { PATH: home.dir } });
  client = await setUpOperator(server);
  const report = await selfCheck();
  expect(report.risk_level).toBe('high');
  expect(report.warnings[0]).toMatchObject({ code: 'sandbox_runtime_unavailable', severity: 'high' });
  expect(report.security_posture).toMatchObject({
    sandbox_runtime_available: false,
    sandbox_runtime_cli: null,
  });
});

it('shows the effective timeout of every tool and the key it comes from', async () => {
  await start({ default_tool_timeout_secs: 40, tool_timeout_overrides: { bash: 90 } });
  const { tool_timeouts: timeouts } = await selfCheck();
  const timeoutOf = (name: string) => timeouts.find(({ tool }) => tool === name);
  expect(timeoutOf('bash')).toEqual({ tool: 'bash', timeout_secs: 90, source: 'override' });
  expect(timeoutOf('web_fetch')).toEqual({ tool: 'web_fetch', timeout_secs: 40, source: 'default' });
});

it('notices at once what changes on disk', async () => {
  await start();
  const before = await codes();
  await chmod(home.configPath, 0o644);
  await writeHook(join(home.dataDir, 'hooks'), 'broken', { events: 'Never', command: 'true' });
  const added = (await codes()).filter((code) => !before.includes(code));
  expect(added).toEqual(['config_file_readable_by_others', 'hook_unusable']);
});

it('is high when the audit log was changed behind the back of the program', async () => {
  await start();
  const database = new DatabaseSync(join(home.dataDir, 'runtime/microclaw.db'));
  database.exec("update audit_logs set status = 'deny' where id = 1");
  database.close();
  const report = await selfCheck();
  expect(report.risk_level).toBe('high');
  expect(report.warnings[0]).toMatchObject({ code: 'audit_chain_broken', severity: 'high' });
});

it('tells a host list that could not be read, with the reason', async () => {
  const url = 'http://127.0.0.1:9/list.txt';
  await start({
    web_fetch_url_validation: { feed_sync: { enabled: true, sources: [{ url, mode: 'denylist' }] } },
  });
  expect(await codes()).not.toContain('web_fetch_feed_failed');
  await client.send('fetch https://example.invalid/');
  const { warnings } = await selfCheck();
  expect(warnings.find(({ code }) => code === 'web_fetch_feed_failed')?.message).toContain(url);
});

it('is repeated by the doctor, and the password by it too', async () => {
  home = await createHome({ web_session_idle_ttl_seconds: 5 });
  server = await startMicroclaw(home);
  const { stdout } = await runMicroclaw(home, ['doctor', '--json']);
  const checks = (JSON.parse(stdout) as { checks: { id: string; status: string; fix?: string }[] }).checks;
  for (const code of ['auth_password_not_configured', 'web_session_idle_ttl_too_low']) {
    expect(checks.find(({ id }) => id === `self_check.${code}`)).toMatchObject({ status: 'warn' });
  }
});
