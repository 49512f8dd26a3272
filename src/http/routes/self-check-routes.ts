/** `GET /api/config/self_check`: what an operator should change, and what protects the installation. */
import type { SelfCheckWarning } from '../../core/self-check.ts';
import { ABSENT_FEATURES } from '../absent-features.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import { selfCheckSchema } from '../schemas/self-check.ts';
import type { HttpServices } from '../services.ts';

export function selfCheckRoutes({ selfCheck, tools }: HttpServices): readonly MountableRoute[] {
  const route = defineRoute(
    {
      method: 'get',
      paths: ['/api/config/self_check'],
      summary: 'Doubtful settings and faults with what to do about each, and the security posture',
      tag: 'config',
      access: { kind: 'scope', scope: 'operator.read' },
      response: selfCheckSchema,
    },
    async () => {
      const [warnings, posture] = await Promise.all([selfCheck.warnings(), selfCheck.posture()]);
      return {
        ok: true,
        risk_level: riskLevel(warnings),
        warning_count: warnings.length,
        warnings: warnings.toSorted(bySeverity).map((warning) => ({ ...warning })),
        security_posture: posture,
        memory_backend: ABSENT_FEATURES.memory_backend,
        tool_timeouts: tools.catalog().map(({ name, timeoutSecs, timeoutSource }) => ({
          tool: name,
          timeout_secs: timeoutSecs,
          source: timeoutSource,
        })),
      } as const;
    },
  );
  return [route];
}

function riskLevel(warnings: readonly SelfCheckWarning[]): 'none' | 'medium' | 'high' {
  if (warnings.some(({ severity }) => severity === 'high')) return 'high';
  return warnings.length > 0 ? 'medium' : 'none';
}

/** Keeps the order of equals. */
function bySeverity(left: SelfCheckWarning, right: SelfCheckWarning): number {
  return Number(right.severity === 'high') - Number(left.severity === 'high');
}
