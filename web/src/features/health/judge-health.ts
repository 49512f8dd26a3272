/** From the server's health answer to one word and its reasons. */
import type { Health } from '../../api/types.ts';

export type HealthLevel = 'healthy' | 'starting' | 'degraded' | 'failing' | 'unreachable' | 'checking';

type ComponentState = NonNullable<Health['components']>[number]['state'];

export interface HealthReason {
  readonly name: string;
  readonly level: HealthLevel;
  readonly message: string;
}

const LEVELS: Readonly<Record<ComponentState, HealthLevel>> = {
  ok: 'healthy',
  starting: 'starting',
  degraded: 'degraded',
  failed: 'failing',
};

/** The worst part decides; parts in trouble come first. */
export function judgeHealth(
  health: Health | undefined,
  failed: boolean,
): { readonly level: HealthLevel; readonly reasons: readonly HealthReason[] } {
  if (failed) return { level: 'unreachable', reasons: [] };
  if (health === undefined) return { level: 'checking', reasons: [] };
  const reasons = (health.components ?? []).map((component) => ({
    name: component.name.replaceAll('_', ' '),
    level: LEVELS[component.state],
    message: component.message || (component.state === 'ok' ? 'works' : component.state),
  }));
  const order: readonly HealthLevel[] = ['failing', 'degraded', 'starting', 'healthy'];
  const sorted = reasons.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  return { level: sorted[0]?.level ?? (health.ok ? 'healthy' : 'failing'), reasons: sorted };
}
