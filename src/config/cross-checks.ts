/** Rules over several keys, and rules that a type cannot express. Run on a configuration whose types are right. */
import { type Config, isWebEnabled } from './config.ts';
import type { Finding } from './validate.ts';
import { checkWebTools } from './web-fetch-checks.ts';

/** Everything that is wrong or doubtful. */
export function crossCheck(config: Config): readonly Finding[] {
  return [
    ...checkChannels(config),
    ...checkTimezones(config),
    ...checkSandbox(config),
    ...checkLegacyToken(config),
    ...checkWebTools(config),
  ];
}

function finding(severity: Finding['severity'], path: Finding['path'], message: string): Finding {
  return { severity, path, part: 'value', message };
}

function checkChannels(config: Config): readonly Finding[] {
  if (isWebEnabled(config)) return [];
  const off = config.channels.web === undefined ? '' : ' These channels are configured but not enabled: web.';
  const message =
    'At least one channel must be enabled and configured (via channels.<name>.enabled or legacy channel settings).';
  const path = config.channels.web === undefined ? ['web_enabled'] : ['channels', 'web', 'enabled'];
  return [finding('error', path, `${message}${off}`)];
}

function checkTimezones(config: Config): readonly Finding[] {
  const findings: Finding[] = [];
  for (const key of ['override_timezone', 'timezone'] as const) {
    const zone = config[key];
    if (zone === undefined || zone.toLowerCase() === 'auto' || isTimezone(zone)) continue;
    findings.push(finding('error', [key], `Invalid timezone: ${zone}`));
  }
  if (config.timezone !== undefined) {
    findings.push(finding('warning', ['timezone'], '`timezone` is deprecated; use `override_timezone`'));
  }
  return findings;
}

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // The only failure of the constructor is a zone it does not know.
    return false;
  }
}

function checkSandbox(config: Config): readonly Finding[] {
  const { mode, security_profile } = config.sandbox;
  if (mode === 'off' || security_profile !== 'privileged') return [];
  const message = '`sandbox.security_profile: privileged` gives containers every right of the host';
  return [finding('warning', ['sandbox', 'security_profile'], message)];
}

function checkLegacyToken(config: Config): readonly Finding[] {
  const findings: Finding[] = [];
  const advice = 'is a shared token with every right; an API key with the scopes it needs is safer';
  if (config.web_auth_token !== undefined) {
    findings.push(finding('warning', ['web_auth_token'], `\`web_auth_token\` ${advice}`));
  }
  if (config.channels.web?.auth_token !== undefined) {
    findings.push(
      finding('warning', ['channels', 'web', 'auth_token'], `\`channels.web.auth_token\` ${advice}`),
    );
  }
  return findings;
}
