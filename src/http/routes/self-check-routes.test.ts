import { afterEach, beforeEach, expect, test } from 'vitest';
import { HttpHarness } from '../../../test/support/http-harness.ts';
import type { WarningSeverity } from '../../core/self-check.ts';

let http: HttpHarness;
beforeEach(async () => {
  http = await HttpHarness.create();
});
afterEach(() => http.dispose());

function warning(code: string, severity: WarningSeverity) {
  return { code, severity, message: `${code} is the case.`, hint: `Change ${code}.` };
}

test('without a warning the risk is none', async () => {
  const { body } = await http.get('/api/config/self_check', { key: await http.key('read') });
  expect(body).toEqual({
    ok: true,
    risk_level: 'none',
    warning_count: 0,
    warnings: [],
    security_posture: expect.objectContaining({ sandbox_mode: 'off', mount_allowlist: null }),
    memory_backend: expect.objectContaining({ external_provider_enabled: false, startup_probe_ok: null }),
    tool_timeouts: [{ tool: 'read_file', timeout_secs: 30, source: 'builtin' }],
  });
});

test('the risk is the highest severity, and high warnings come first', async () => {
  const key = await http.key('read');
  http.warnings = [warning('b', 'medium'), warning('a', 'medium')];
  expect((await http.get('/api/config/self_check', { key })).body.risk_level).toBe('medium');
  http.warnings = [...http.warnings, warning('c', 'high')];
  const { body } = await http.get('/api/config/self_check', { key });
  expect(body).toMatchObject({ risk_level: 'high', warning_count: 3 });
  expect(body.warnings.map(({ code }: { code: string }) => code)).toEqual(['c', 'b', 'a']);
});

test('the read scope is needed', async () => {
  expect((await http.get('/api/config/self_check')).status).toBe(401);
  expect((await http.get('/api/config/self_check', { key: await http.key('write') })).status).toBe(403);
});
