import { once } from 'node:events';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CliHarness } from '../../../test/support/cli-harness.ts';
import { startFakeModel } from '../../../test/support/fake-model/fake-model-server.ts';
import { reply } from '../../../test/support/fake-model/reply.ts';
import type { DoctorCheck } from '../doctor/check.ts';

let cli: CliHarness;
beforeEach(async () => {
  cli = await CliHarness.create();
});
afterEach(() => cli.dispose());

async function examine(args: readonly string[] = [], env: Record<string, string> = {}) {
  const { code, out } = await cli.run(['doctor', '--json', ...args], env);
  const report = JSON.parse(out);
  const checks: readonly DoctorCheck[] = report.checks;
  return { code, report, check: (id: string) => checks.find((row) => row.id === id) };
}

it('finds nothing broken in a valid installation and creates nothing', async () => {
  await cli.config('web_port: 0');
  const { code, report, check } = await examine();
  expect(code).toBe(0);
  expect(report).toMatchObject({ arch: process.arch, in_wsl: expect.any(Boolean) });
  expect(check('config.file')).toMatchObject({ status: 'pass' });
  expect(check('env.node')).toMatchObject({ status: 'pass', detail: process.versions.node });
  expect(check('storage.database')).toMatchObject({ status: 'miss' });
  expect(check('llm.credentials')).toMatchObject({ status: 'miss' });
  await expect(stat(join(cli.dir, 'data'))).rejects.toThrow('ENOENT');
});

it('only warns when there is no configuration file', async () => {
  const { check } = await examine();
  expect(check('config.file')).toMatchObject({ status: 'warn' });
});

it('fails for a pattern that is no regular expression and still runs the other checks', async () => {
  await cli.config('bash_dangerous_patterns: ["("]');
  const { code, check } = await examine();
  expect(code).toBe(2);
  expect(check('bash.dangerous_patterns')).toMatchObject({ status: 'fail' });
  expect(check('config.file')).toMatchObject({ status: 'fail' });
  expect(check('env.sqlite')).toMatchObject({ status: 'pass' });
});

it('reports a named file that is missing', async () => {
  const { code, check } = await examine([], { MICROCLAW_CONFIG: '/nope.yaml' });
  expect(code).toBe(2);
  expect(check('config.file')?.detail).toContain('/nope.yaml');
});

it('warns when others can read credentials in the file', async () => {
  const path = await cli.config('web_port: 0\nllm_provider: openai\napi_key: sk-1234567890');
  expect((await examine()).check('config.mode')).toMatchObject({ status: 'pass' });
  await chmod(path, 0o644);
  expect((await examine()).check('config.mode')).toMatchObject({ status: 'warn', fix: `chmod 600 ${path}` });
});

it('fails for a port that somebody else uses', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await cli.config(`web_port: ${typeof address === 'object' ? address?.port : 0}`);
  expect((await examine()).check('web.port')).toMatchObject({
    status: 'fail',
    fix: expect.stringContaining('web_port'),
  });
  server.close();
});

it('fails for a database that is damaged and for a directory that is a file', async () => {
  await cli.config('web_port: 0');
  await mkdir(join(cli.dir, 'data/runtime'), { recursive: true });
  await writeFile(join(cli.dir, 'data/runtime/microclaw.db'), 'not a database at all'.repeat(100));
  await writeFile(join(cli.dir, 'work'), '');
  const { code, check } = await examine();
  expect(code).toBe(2);
  expect(check('storage.database')).toMatchObject({ status: 'fail' });
  expect(check('storage.working_dir')).toMatchObject({ status: 'fail' });
});

it('asks the model only with --online and tells a wrong key from a wrong network', async () => {
  const model = await startFakeModel();
  await cli.config(`web_port: 0\nllm_provider: custom\nllm_base_url: ${model.url}/v1\napi_key: k\nmodel: m`);
  expect((await examine()).check('llm.credentials')).toMatchObject({ status: 'pass' });
  expect(model.requests).toHaveLength(0);
  model.enqueue(reply.text('hello'), reply.status(401), reply.status(500));
  const status = async () => (await examine(['--online'])).check('llm.credentials')?.status;
  expect([await status(), await status(), await status()]).toEqual(['pass', 'fail', 'warn']);
  await model.stop();
});

it('prints a line per check and a summary for people', async () => {
  await cli.config('web_port: 0');
  const { out } = await cli.run(['doctor']);
  expect(out).toContain('[✅ PASS] Configuration (config.file) ');
  expect(out).toMatch(/\nSummary: pass=\d+ miss=\d+ warn=\d+ fail=0\nDoctor exit code: 0\n$/);
});

it('shows what the self-check says about the configuration, and passes what is fine', async () => {
  await cli.config(
    'web_port: 0\nweb_host: 0.0.0.0\nweb_session_idle_ttl_seconds: 5\negress_policy: {mode: block}',
  );
  const { code, check } = await examine();
  expect(code).toBe(0);
  expect(check('web.bind')).toMatchObject({ status: 'warn', fix: expect.stringContaining('web_host') });
  expect(check('security.egress_policy')).toMatchObject({ status: 'pass', detail: 'mode block' });
  expect(check('security.capability_grants')).toMatchObject({ status: 'warn' });
  expect(check('self_check.web_session_idle_ttl_too_low')).toMatchObject({ status: 'warn' });
});

it('warns when others can enter the data directory', async () => {
  await cli.config('web_port: 0');
  const runtime = join(cli.dir, 'data/runtime');
  await mkdir(runtime, { recursive: true, mode: 0o755 });
  expect((await examine()).check('storage.mode')).toMatchObject({
    status: 'warn',
    fix: `chmod 700 ${runtime}`,
  });
  await chmod(runtime, 0o700);
  expect((await examine()).check('storage.mode')).toMatchObject({ status: 'pass' });
});

it('looks at everything else when the data directory is a file', async () => {
  const path = join(cli.dir, 'data');
  await cli.config('web_port: 0');
  await writeFile(path, '');
  const { code, check } = await examine();
  expect(code).toBe(2);
  expect(check('storage.data_dir')).toMatchObject({ status: 'fail', fix: expect.any(String) });
  expect(check('web.port')).toMatchObject({ status: 'pass' });
  expect(check('llm.credentials')).toMatchObject({ status: 'miss' });
});

it('says which address cannot be listened on, and what to change', async () => {
  await cli.config('web_host: 192.0.2.1\nweb_port: 0');
  expect((await examine()).check('web.port')).toMatchObject({
    status: 'fail',
    fix: expect.stringContaining('web_host'),
  });
});

it('fails for a database that a start would refuse', async () => {
  await cli.config('web_port: 0');
  await mkdir(join(cli.dir, 'data/runtime'), { recursive: true });
  const path = join(cli.dir, 'data/runtime/microclaw.db');
  const database = new DatabaseSync(path);
  database.exec('create table notes (a)');
  expect((await examine()).check('storage.database')).toMatchObject({
    status: 'fail',
    detail: `${path} was not made by microclaw`,
  });
  database.exec(`create table schema_migrations (version, name, checksum);
    insert into schema_migrations values (9999, 'later', 'x')`);
  expect((await examine()).check('storage.database')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('version 9999'),
    fix: expect.stringContaining('newer version'),
  });
  database.close();
});
