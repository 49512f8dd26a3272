/** Hooks: list them, switch one on or off. The next event obeys; every change is audited. */
import { hookErrors } from '../../hooks/errors.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import { hookParamsSchema, hooksSchema, switchedHookSchema } from '../schemas/hooks.ts';
import type { HttpServices } from '../services.ts';

export function hookRoutes(services: HttpServices): readonly MountableRoute[] {
  return [listRoute(services), switchRoute(services, true), switchRoute(services, false)];
}

function listRoute({ hooks }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/hooks'],
      summary: 'Hooks in the order they run, and what keeps others from running',
      tag: 'hooks',
      access: { kind: 'scope', scope: 'operator.read' },
      response: hooksSchema,
    },
    async () => {
      const overview = await hooks.list();
      return {
        ok: true,
        hooks: overview.hooks.map(({ name, description, events, command, timeoutMs, ...hook }) => ({
          name,
          description,
          events: [...events],
          command,
          timeout_ms: timeoutMs,
          priority: hook.priority,
          enabled: hook.enabled,
          path: hook.path,
        })),
        problems: overview.problems.map(({ path, reason }) => ({ path, reason })),
      } as const;
    },
  );
}

function switchRoute({ hooks, audit }: HttpServices, enabled: boolean): MountableRoute {
  const verb = enabled ? 'enable' : 'disable';
  return defineRoute(
    {
      method: 'post',
      paths: [`/api/hooks/{name}/${verb}`],
      summary: `Switch a hook ${enabled ? 'on' : 'off'}; the next event obeys`,
      tag: 'hooks',
      access: { kind: 'scope', scope: 'operator.admin' },
      params: hookParamsSchema,
      response: switchedHookSchema,
    },
    async ({ params: { name }, caller }) => {
      const entry = { actor: caller.actor.id, action: `hook.${verb}`, target: name } as const;
      try {
        await hooks.setEnabled(name, enabled);
      } catch (error) {
        if (hookErrors.is(error, 'NOT_FOUND')) await audit.record({ ...entry, status: 'miss' });
        throw error;
      }
      await audit.record({ ...entry, status: 'ok' });
      return { ok: true, name, enabled } as const;
    },
  );
}
