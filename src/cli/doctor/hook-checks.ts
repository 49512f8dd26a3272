/** Hooks that cannot be used: a hook meant as a guard that is not loaded guards nothing. */
import { layoutOf } from '../../app/data-layout.ts';
import { createHookSwitchboard } from '../../app/hooks/hook-switchboard.ts';
import type { DoctorCheck, DoctorFacts } from './check.ts';

/** One check over all hooks; nothing where hooks are switched off. */
export async function hookChecks({ configuration, context }: DoctorFacts): Promise<readonly DoctorCheck[]> {
  if (configuration instanceof Error || configuration.config === undefined) return [];
  if (!configuration.config.channels.hooks.enabled) return [];
  const { config } = configuration;
  const { hooks, problems } = await createHookSwitchboard(config, layoutOf(config), context.cwd).list();
  const check = { id: 'hooks.files', title: 'Hooks' };
  if (problems.length > 0) {
    const detail = problems.map(({ path, reason }) => `${path}: ${reason}`).join('\n');
    return [
      { ...check, status: 'warn', detail, fix: 'correct the file; or remove it, a hook with its directory' },
    ];
  }
  const names = hooks.map(({ name, enabled }) => (enabled ? name : `${name} (disabled)`)).sort();
  return [{ ...check, status: 'pass', detail: names.join(', ') || 'none' }];
}
