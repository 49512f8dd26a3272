/** Hooks that cannot be used: a hook meant as a guard that is not loaded guards nothing. */
import { layoutOf } from '../../app/data-layout.ts';
import { hookPaths } from '../../app/hooks/hook-paths.ts';
import { HookDiscovery } from '../../hooks/hook-discovery.ts';
import type { DoctorCheck, DoctorFacts } from './check.ts';

/** One check over all hooks; nothing where hooks are switched off. */
export async function hookChecks({ configuration, context }: DoctorFacts): Promise<readonly DoctorCheck[]> {
  if (configuration instanceof Error || configuration.config === undefined) return [];
  if (!configuration.config.channels.hooks.enabled) return [];
  const { roots } = hookPaths(layoutOf(configuration.config), context.cwd);
  const { hooks, problems } = await new HookDiscovery(roots).scan();
  const check = { id: 'hooks.files', title: 'Hooks' };
  if (problems.length > 0) {
    const detail = problems.map(({ path, reason }) => `${path}: ${reason}`).join('\n');
    return [{ ...check, status: 'warn', detail, fix: 'correct the file or remove its directory' }];
  }
  const names = hooks.map((hook) => hook.name).sort();
  return [{ ...check, status: 'pass', detail: names.join(', ') || 'none' }];
}
